"""The app itself: screens, the workspace that it watches, and what can be pressed anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import DescendantFocus, Event, InputEvent
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import AwaitMount
from textual.widgets import Input
from textual.worker import get_current_worker

from lazytui.app.shell import session
from lazytui.app.shell.back_pressure import BackPressure
from lazytui.app.shell.base_screen import LabScreen, OverlaysRuns, ShowsRun
from lazytui.app.shell.command_palette import LabCommands
from lazytui.app.shell.keymap import load_keymap
from lazytui.app.shell.lab import Elsewhere, Lab
from lazytui.app.shell.low_bandwidth import without_mouse_motion
from lazytui.app.shell.readable_colors import with_readable_text
from lazytui.app.shell.screen_registry import SCREENS, mode_of
from lazytui.app.shell.terminal_hangup import leave_when_hung_up
from lazytui.app.workers.polling_pace import POLL_SECONDS, POLL_SECONDS_ON_A_SLOW_LINK
from lazytui.app.workers.run_follower import keep_looking
from lazytui.errors import BadInput, LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import RunLine, WorkspaceWatch

_KEEP_SECONDS = 2.0
"""How long after a key what it changed is kept for the next session."""


class LazytuiApp(Lab):
    """The screens, the session that they are brought back to, and the watch on the workspace."""

    TITLE = "lazytui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = True
    MODES: ClassVar = {entry.mode: partial(type(entry).open, entry) for entry in SCREENS}
    DEFAULT_MODE = SCREENS[0].mode
    COMMANDS: ClassVar = {LabCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(entry.key, f"switch_mode('{entry.mode}')", entry.name, show=False, id=f"screen-{entry.mode}")
            for entry in SCREENS
        ),
        Binding("ctrl+p", "command_palette", "Palette", id="palette"),
        Binding("q", "quit", "Quit", id="quit"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=False, id="force-quit"),
    ]

    def __init__(
        self,
        workspace: Workspace,
        elsewhere: Elsewhere | None = None,
        *,
        low_bandwidth: bool = False,
        keys: str | None = None,
    ) -> None:
        """keys: the preset to use, whatever `keys.toml` says. elsewhere: the machines that the workspace copies."""
        self._low_bandwidth = low_bandwidth
        self._leaving = False
        self._keeps_soon: Timer | None = None
        self._back_pressure = BackPressure(self)
        poll_seconds = POLL_SECONDS_ON_A_SLOW_LINK if low_bandwidth else POLL_SECONDS
        super().__init__(workspace, elsewhere, poll_seconds=poll_seconds)
        self._session = self._kept_session = session.load(workspace.path)
        if low_bandwidth:
            self.animation_level = "none"
        self._set_keys(keys)

    def _set_keys(self, preset: str | None) -> None:
        """Those of `keys.toml` and a preset; where they can't be used, the grammar's, and a sentence why."""
        try:
            self.own_keys = load_keymap(preset)
            self.set_keymap(self.own_keys)
        except BadInput as error:
            self.call_later(self.say_error, error)

    def get_css_variables(self) -> dict[str, str]:
        """Those of the theme, with colors for text that can be read in it."""
        self.theme_variables = with_readable_text(super().get_css_variables())
        return self.theme_variables

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return without_mouse_motion(driver) if self._low_bandwidth else driver

    @on(DescendantFocus)
    def _keep_cursor_steady(self, event: DescendantFocus) -> None:
        """It shows where the keys go at every moment, and spares slow links; also in Textual's own boxes."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    def on_mount(self) -> None:
        self._open_where_it_was_left()
        if not self.is_headless:
            leave_when_hung_up(self._keep_session)
        if self.elsewhere:
            self.elsewhere.keep_up()
        self._watch_workspace()

    def post_display_hook(self) -> None:
        self._back_pressure.after_drawing()

    def on_unmount(self) -> None:
        self.control.close()

    def open_run(self, reference: str) -> None:
        """Go to the screen of a run's kind and show it there; or say why that can't be."""
        try:
            run = self.workspace.find(reference)
            kind = run.record.kind
        except LazytuiError as error:
            self.say_error(error)
            return
        mode = mode_of(kind, otherwise="runs")
        self._session = session.without_run(self._session, mode)  # this one is to be shown, not the one of last time
        self.call_later(self._show_there, run, self.switch_mode(mode))

    def open_overlaid(self, runs: Sequence[RunFolder]) -> None:
        self.open_run(runs[0].reference)
        self.call_later(self._overlay, runs[1:])

    def _overlay(self, runs: Sequence[RunFolder]) -> None:
        base = self.screen_stack[0]
        if isinstance(base, OverlaysRuns):
            base.overlay_runs(runs)

    def restore(self, screen: Screen[None]) -> None:
        assert isinstance(screen, LabScreen)
        session.restore(self._session, screen, self.workspace)

    def _open_where_it_was_left(self) -> None:
        if self._session.theme in self.available_themes:
            self.theme = self._session.theme
        if self._is_training(self._session.network):
            keep = self.study if self._session.network_was_chosen else self.go_on_with
            keep(self._session.network)
        if self._is_training(self._session.second):
            self.second = self._session.second
        if self._session.screen in {entry.mode for entry in SCREENS}:
            self.switch_mode(self._session.screen)
        self.watch(self, "network", self._keep_session_soon)

    def _is_training(self, reference: str) -> bool:
        """Whether there is one of that lasting name; the workspace was not looked through yet."""
        run = self.workspace.run_at(reference)
        with suppress(LazytuiError):
            return (run and run.record.kind == "train") or self.line_of(reference) is not None
        return False

    def _keep_session_soon(self) -> None:
        """Once for all that happens until then; an app that stands idle needs no clock for it."""
        if self._keeps_soon is None:
            self._keeps_soon = self.set_timer(_KEEP_SECONDS, self._keep_session)

    def _keep_session(self) -> None:
        self._keeps_soon = None
        now: dict[str, object] = {"screen": self.current_mode, "theme": self.theme, "second": self.second}
        if self.lines or self.network_was_chosen:  # else it wasn't looked yet which networks there are
            now |= {"network": self.network, "network_was_chosen": self.network_was_chosen}
        kept = self._session.model_copy(update=now)
        for screen in self._open_screens():
            kept = session.with_screen(kept, screen)
        self._session = kept
        if kept != self._kept_session:
            self._kept_session = kept
            session.save(kept, self.workspace.path)

    def _open_screens(self) -> Iterator[LabScreen]:
        """Those that were brought back to how they were left: one that is still opening knows nothing of that yet."""
        for entry in SCREENS:
            with suppress(KeyError):
                screens = self.get_screen_stack(entry.mode)
                yield from (screen for screen in screens if isinstance(screen, LabScreen) and screen.is_mounted)

    async def on_event(self, event: Event) -> None:
        """A key that is typed after the one that quits would reach a screen that is being taken down."""
        if isinstance(event, InputEvent):
            self.pace.keep_up()
            self._keep_session_soon()
        if not (self._leaving and isinstance(event, InputEvent)):
            await super().on_event(event)

    def exit(self, *arguments: Any, **more: Any) -> None:
        self._leaving = True
        self._keep_session()
        super().exit(*arguments, **more)

    async def action_switch_mode(self, mode: str) -> None:
        """Textual's own doesn't wait: keys that are typed ahead would reach a screen that has no widgets yet."""
        await self.switch_mode(mode)

    async def _show_there(self, run: RunFolder, opened: AwaitMount) -> None:
        """On the screen itself: what lies over it of another run, such as the images of a cell, goes."""
        await opened
        if not self.is_running:  # a person quit meanwhile, and the screen has no widgets any more
            return
        base = self.screen_stack[0]
        while isinstance(self.screen, LabScreen) and self.screen is not base:
            await self.pop_screen()
        if isinstance(base, ShowsRun):
            base.show_run(run)
        if isinstance(base, LabScreen):
            base.study_asked_networks()
        if run.status.state == "done" and run.record.kind == "train" and run.reference != self.network:
            self.notify(f"{self.name_of(self.network)} stays the network under study; o chooses another.")

    @work(thread=True, exclusive=True, group="workspace", exit_on_error=False)
    def _watch_workspace(self) -> None:
        watch = WorkspaceWatch(self.workspace)
        worker = get_current_worker()
        last: tuple[RunLine, ...] | None = None
        some_run_goes_on = False

        def look() -> None:
            nonlocal last, some_run_goes_on
            lines = watch.refresh()
            trouble = watch.trouble or (self.elsewhere.trouble if self.elsewhere else "")
            if trouble != self.trouble:
                self.call_from_thread(setattr, self, "trouble", trouble)
            if some_run_goes_on or lines != last:
                self.pace.keep_up()
            if lines != last:
                last = lines
                some_run_goes_on = any(line.is_active for line in lines)
                self.call_from_thread(setattr, self, "lines", lines)

        keep_looking(look, lambda: worker.is_cancelled, self.pace.pause)
