"""What every screen shares: the bar of screens above, the keys below, help, export, patience with tiny terminals."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast, runtime_checkable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from lazytui.app.changing_text import ChangingText
from lazytui.app.form.field_help import HelpBox
from lazytui.app.panels.explanation import explanation
from lazytui.app.panels.panel import Panel
from lazytui.app.shell.key_footer import KeyFooter
from lazytui.app.shell.lab import Lab
from lazytui.app.shell.network_bar import NetworkBar
from lazytui.app.shell.popups.dialogs import AskRun
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.app.workers.worker_errors import ReportsFailures
from lazytui.files.long_texts import long_texts
from lazytui.plain_text import plain_text
from lazytui.runs.human_names import human_name

if TYPE_CHECKING:
    from lazytui.figures.kinds import Figure
    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.status import State

AnyWidget = TypeVar("AnyWidget", bound=Widget)

SMALLEST = (60, 16)
"""Columns and rows below which a sentence is shown instead of a wreck."""


@runtime_checkable
class ShowsRun(Protocol):
    """A screen that can show a run it is pointed to."""

    def show_run(self, run: RunFolder) -> None: ...


@runtime_checkable
class OverlaysRuns(Protocol):
    """A screen that can overlay other runs on the one that it shows."""

    def overlay_runs(self, runs: Sequence[RunFolder]) -> None: ...


class Bar(ChangingText):
    """The screens with their keys, the one that is open set off; to the right what is going on."""

    def __init__(self, here: str) -> None:
        super().__init__(id="bar")
        self._here = here

    def show(self, status: str, folder: str) -> None:
        """For the right end: what is going on and, where there is room for it too, in which folder."""
        widths = [self._names(short=short, gap=gap) for short in (False, True) for gap in (" ", "")]
        names = next((names for names in widths if names.cell_length + len(status) + 2 <= self.size.width), widths[-1])
        room = self.size.width - names.cell_length
        right = next((text for text in (f"{status} · {folder} ", f"{status} ") if len(text) < room), "")
        self.set_text(names + " " * max(room - len(right), 1) + Content.styled(right, "$text-muted"))

    def _names(self, *, short: bool, gap: str) -> Content:
        parts: list[Content] = [] if short else [Content.styled(" lazytui ", "bold $text-accent")]
        for entry in SCREENS:
            style = "reverse bold" if self._here in entry.kinds else ""
            parts.append(Content.styled(f" {entry.key} {entry.short if short else entry.name}{gap}", style))
        return Content("").join(parts)


class LabScreen(ReportsFailures, Screen[None]):
    """A screen of the app. `screen_name` is its mode; it composes its own part in `compose_body`.

    purpose_name: of the text that says what it is for, where the mode has another one.
    """

    screen_name: str
    purpose_name = ""
    AUTO_FOCUS = ""  # a form's first field would take every key for itself
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export", "Export", show=False, id="export"),
        Binding("question_mark", "help", "Help", id="help"),
        Binding("i", "explain", "Explain", id="explain"),
        Binding("m", "turn_panel(1)", "Next chart", show=False, id="next-method"),
        Binding("M", "turn_panel(-1)", "Previous chart", show=False, id="previous-method"),
        Binding("j", "jobs", "Jobs", id="jobs"),
        Binding("l", "log", "Log of the run", show=False, id="log"),
        Binding("o", "choose_network", "Network", id="network"),
        Binding("a", "choose_second", "Second network", show=False, id="second-network"),
        Binding("I", "draw", "Draw", show=False, id="draw"),
        Binding("f12", "screenshot", "Screenshot", show=False, id="screenshot"),
    ]

    _run: RunFolder | None = None

    def __init__(self) -> None:
        super().__init__()
        self._looked_up: dict[type[Widget], list[Widget]] = {}
        self._looked_up_at = -1
        self._css_update_count = self.app._css_update_count  # else Textual reads all styles anew, twice, to open it

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Not to a widget that is being removed: it would take every key, and none would reach the screen."""
        if widget is None or widget.display:
            super().set_focus(widget, scroll_visible, from_app_focus)

    @property
    def purpose(self) -> str:
        """What the screen is for, in two sentences."""
        return long_texts("purposes").get(self.purpose_name or self.screen_name, "")

    @property
    def chosen_run(self) -> RunFolder | None:
        """The run that was chosen to be shown here."""
        return self._run

    @property
    def kind_restored(self) -> str:
        """The kind of the runs that it is brought back to."""
        return self.screen_name

    @property
    def followed(self) -> RunFolder | None:
        """The run that is shown here, where it is one."""
        return self._run

    @property
    def lab(self) -> Lab:
        assert isinstance(self.app, Lab)
        return self.app

    def compose(self) -> ComposeResult:
        yield Bar(self.screen_name)
        yield NetworkBar()
        yield Static(id="trouble", markup=False)
        with Vertical(id="body"):
            yield from self.compose_body()
        yield Static(id="refused", markup=False)
        yield Static(id="too-small", markup=False)
        yield KeyFooter()

    def compose_body(self) -> ComposeResult:
        raise NotImplementedError

    def action_help(self) -> None:
        from lazytui.app.shell.popups.help_screen import Help, groups

        self.app.push_screen(Help(self.purpose, groups(self)))

    def all_of(self, kind: type[AnyWidget]) -> list[AnyWidget]:
        """The widgets of a kind, looked up again only when some came or went: each move of the keyboard asks often."""
        if self._looked_up_at != self._nodes._updates:
            self._looked_up, self._looked_up_at = {}, self._nodes._updates
        if kind not in self._looked_up:
            self._looked_up[kind] = list(self.query(kind))
        return cast("list[AnyWidget]", self._looked_up[kind])

    @property
    def panels_shown(self) -> list[Panel]:
        """Those that can be seen, or scrolled to: the one that has the focus, then the others as they stand; or the one
        that fills the screen."""
        if isinstance(self.maximized, Panel):
            return [self.maximized]
        shown = [panel for panel in self.all_of(Panel) if all(node.display for node in panel.ancestors_with_self)]
        return sorted(shown, key=lambda panel: not (self.focused and panel in self.focused.ancestors_with_self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "turn_panel":
            return any(panel.can_turn for panel in self.panels_shown)
        return super().check_action(action, parameters)

    def action_explain(self) -> None:
        """Explain the panel that has the focus, or else the first that shows something, or figures without panels."""
        shown = next((panel.shown for panel in self.panels_shown if panel.shown), None) or self.shown_figures()
        self.app.push_screen(HelpBox(explanation(shown)))

    def action_turn_panel(self, by: int) -> None:
        """The next or previous chart of the first panel that has several."""
        panel = next((panel for panel in self.panels_shown if panel.can_turn), None)
        if panel:
            panel.action_turn(by)

    def action_choose_network(self) -> None:
        """Choose the network that every screen speaks of."""

        def chosen(run: RunFolder | None) -> None:
            if run is not None:
                self.lab.study(run.reference)

        self.app.push_screen(AskRun("Network under study", self.lab.networks()), chosen)

    def action_choose_second(self) -> None:
        """Choose a second network to stand beside it; the one that is chosen again goes."""

        def chosen(run: RunFolder | None) -> None:
            if run is not None:
                self.lab.second = "" if run.reference == self.lab.second else run.reference

        others = [line for line in self.lab.networks() if line.run.reference != self.lab.network]
        beside = [line.run for line in others if line.run.reference == self.lab.second]
        self.app.push_screen(AskRun("Second network (choose it again to remove it)", others, beside), chosen)

    def action_draw(self) -> None:
        """A canvas to draw on; not over another one."""
        open_canvas = import_module("lazytui.app.screens.ask.screen").open_canvas
        if not any(screen.purpose_name == "draw" for screen in self.app.screen_stack if isinstance(screen, LabScreen)):
            open_canvas(self)

    def action_jobs(self) -> None:
        from lazytui.app.shell.popups.jobs_drawer import JobsDrawer

        self.app.push_screen(JobsDrawer())

    def action_log(self) -> None:
        from lazytui.app.shell.popups.log_screen import Log

        if self.followed:
            self.app.push_screen(Log(self.followed))
        else:
            self.notify("No run is shown here, so there is no log to open.", severity="warning")

    def action_export(self) -> None:
        from lazytui.app.figures import FigureView
        from lazytui.app.shell.popups.export_dialog import ask_export

        pointed = self.focused.figure.name if isinstance(self.focused, FigureView) else None
        ask_export(self.lab, self.screen_name, self.shown_figures(), pointed)

    def action_screenshot(self) -> None:
        from lazytui.app.shell.screenshot import take

        take(self.lab)

    def open_analysis(self, kind: str) -> None:
        """Open what lies over this screen for another analysis that shares it."""

    def start(self, kind: str, values: dict[str, object], *, show: bool = True, engine: str = "") -> None:
        """Start a run; what is wrong with it stays to be read until something starts, or what is asked changes.

        engine: whose job it is to be, if any one's.
        """
        self.lab.start(kind, values, show=show, engine=engine, refused=self.show_refusal)

    def show_refusal(self, sentence: str) -> None:
        """Why a run wasn't started; nothing takes it away."""
        for line in self.query("#refused").results(Static):
            line.update(plain_text(sentence))
            line.display = bool(sentence)

    def ask_about_networks(self) -> None:
        """Bring what is asked here up to the networks under study."""

    def study_asked_networks(self) -> None:
        """Study the networks that are asked about here."""

    def shown_figures(self) -> Sequence[Figure]:
        """What `e` exports."""
        return ()

    def on_mount(self) -> None:
        for name in ("lines", "network", "second"):
            self.watch(self.lab, name, self._show_status)
        self.watch(self.lab, "trouble", self._show_trouble)
        self.watch(self.lab, "runs_started", lambda: self.show_refusal(""), init=False)
        self.lab.restore(self)
        if self is self.app.screen_stack[0]:  # it stays; what lies over it is given back when it is left
            self.call_after_refresh(freeze_open_screens)

    def on_unmount(self) -> None:
        """Textual lets go of who watched a value only when that changes, which may be never."""
        for watchers in getattr(self.lab, "__watchers", {}).values():
            watchers[:] = [(watcher, callback) for watcher, callback in watchers if watcher is not self]

    def on_resize(self, event: Resize) -> None:
        columns, rows = SMALLEST
        small = event.size.width < columns or event.size.height < rows
        self.set_class(small, "-too-small")
        self.query_one("#too-small", Static).update(
            f"This terminal is {event.size.width}x{event.size.height}; lazytui needs {columns}x{rows}. "
            "Enlarge it, or press q to quit; runs continue."
        )
        self._show_status()

    def _show_trouble(self, sentence: str) -> None:
        line = self.query_one("#trouble", Static)
        line.update(plain_text(sentence))
        line.display = bool(sentence)

    def _show_status(self) -> None:
        running = _going_on([line.status.state for line in self.lab.lines if line.is_active])
        self.query_one(Bar).show(running, plain_text(self.lab.workspace.title))
        first, second = ((reference, self.lab.line_of(reference)) for reference in self.lab.networks_studied)
        self.query_one(NetworkBar).show(first, second, self._newest_running())

    def _newest_running(self) -> str:
        """The newest run that goes on, with how far it is."""
        newest = next((line for line in reversed(self.lab.lines) if line.is_active), None)
        return f"{human_name(newest)} {newest.state}" if newest else ""


def freeze_open_screens() -> None:
    """Have full collections leave out what there is now for good: they would walk all widgets each time, 0.1 s."""
    gc.collect()
    gc.freeze()


def _going_on(states: Sequence[State]) -> str:
    """`1 running, 6 queued`; `idle` where nothing is."""
    counted = ((states.count(state), state) for state in ("running", "paused", "queued"))
    return ", ".join(f"{number} {state}" for number, state in counted if number) or "idle"
