"""What a screen may ask of the app: the workspace and its runs, starting and stopping them, and writing files."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol, TypeVar

from rich.text import Text
from textual import work
from textual.app import App
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen

from lazytui.analyses.core.local_runs import LocalRuns
from lazytui.app.form.pick_list import Pickable
from lazytui.app.shell.keymap import Keymap
from lazytui.app.workers.polling_pace import POLL_SECONDS, PollingPace
from lazytui.app.workers.worker_errors import ReportsFailures, describe_failure
from lazytui.counted_nouns import counted
from lazytui.diagnostics import is_debugging
from lazytui.errors import BadInput, LazytuiError
from lazytui.plain_text import plain_text
from lazytui.runs.human_names import human_name, name_of_reference, name_of_run
from lazytui.runs.run_control import RunControl
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import RunLine, run_line, shipped_lines

T = TypeVar("T")

BUNDLED_NETWORK = "shipped/lazy-strokes"
"""The network under study where none was trained yet."""

_SHARE_OF_COPIES = 0.4
_SHORTLY = 2.0
"""Seconds for which something that can be seen anyway is said."""


class Elsewhere(RunControl, Protocol):
    """Other machines, of which the workspace holds copies. trouble: why nothing new comes just now."""

    @property
    def trouble(self) -> str: ...

    def keep_up(self) -> None:
        """Keep the copies up to date from now on, in threads."""
        ...


def _brought_back(runs: Sequence[RunFolder]) -> str:
    names = ", ".join(map(name_of_run, runs[:3])) + (f" and {len(runs) - 3} more" if len(runs) > 3 else "")
    return f"Brought back: {names}." if runs else "Nothing was removed since the app was opened."


def is_network(line: RunLine) -> bool:
    """Whether it is a training that is done."""
    return line.kind == "train" and line.status.state == "done"


class Lab(ReportsFailures, App[None]):
    """lines: the runs of the workspace as last seen, oldest first; screens watch it.

    trouble: why the workspace can't be looked into, in a sentence; empty while it can.
    network: what refers to the network under study, which every screen speaks of: the one that was chosen, or else the
    one that was trained last, or that was studied when the app was left, or a bundled one. second: the one beside it;
    empty where there is none. runs_started: how many were started here. own_keys: those that `keys.toml` or a preset
    changes. pace: how often threads look for what changed.
    """

    lines: var[tuple[RunLine, ...]] = var(())
    trouble: var[str] = var("")
    network: var[str] = var(BUNDLED_NETWORK)
    second: var[str] = var("")
    runs_started: var[int] = var(0)

    def __init__(
        self, workspace: Workspace, elsewhere: Elsewhere | None = None, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """elsewhere: the machines of which the workspace holds copies."""
        super().__init__()
        self.workspace = workspace
        self.elsewhere = elsewhere
        self.pace = PollingPace(poll_seconds)
        self.own_keys: Keymap = {}
        self.network_was_chosen = False
        self._networks_seen: set[str] = set()
        self._goes_on_with_network = False
        self._lines_elsewhere: dict[str, RunLine] = {}

    @cached_property
    def control(self) -> RunControl:
        """What does something about the runs, wherever they are."""
        return self.elsewhere or LocalRuns(self.workspace)

    def study(self, reference: str) -> None:
        """Make this the network under study, until another one is chosen."""
        self.network_was_chosen = True
        self.network = reference

    @property
    def networks_studied(self) -> tuple[str, str]:
        """The network under study and the second one."""
        return self.network, self.second

    def go_on_with(self, reference: str) -> None:
        """Study this one, which nobody chose, until another one is trained than those that there are already; a bundled
        one until there is any."""
        self._goes_on_with_network = reference != BUNDLED_NETWORK
        self.network = reference

    def watch_lines(self, before: Sequence[RunLine], now: Sequence[RunLine]) -> None:
        """A training that is done is studied next, as long as nobody chose a network; one that was removed isn't."""
        gone = {line.run.reference for line in before} - {line.run.reference for line in now}
        if self.trouble:
            gone = set()
        self.network_was_chosen &= self.network not in gone
        self.second = "" if self.second in gone else self.second
        trained = [line.run.reference for line in reversed(now) if is_network(line)]
        new = [] if self._goes_on_with_network else [one for one in trained if one not in self._networks_seen]
        self._goes_on_with_network = False
        self._networks_seen.update(trained)
        if new and not self.network_was_chosen:
            self.network = new[0]
        elif self.network in gone:
            self.network = next(iter(trained), BUNDLED_NETWORK)

    def networks(self) -> list[RunLine]:
        """The trained networks, bundled ones first, then the oldest first."""
        return [line for line in (*shipped_lines(), *self.lines) if is_network(line)]

    def line_of(self, reference: str) -> RunLine | None:
        """The training of that lasting name: own, bundled, or of another folder."""
        trained = (line for line in (*self.lines, *shipped_lines()) if line.kind == "train")
        return next((line for line in trained if line.run.reference == reference), None) or self._elsewhere(reference)

    def name_of(self, reference: str) -> str:
        """What a training is called in a sentence."""
        line = self.line_of(reference)
        return name_of_reference(reference, [line] if line else [])

    def _elsewhere(self, reference: str) -> RunLine | None:
        """A training that is named by its path; it is read once."""
        if os.sep in reference and reference not in self._lines_elsewhere:
            with suppress(LazytuiError):
                self._lines_elsewhere[reference] = run_line(self.workspace.find(reference, kinds=("train",)))
        return self._lines_elsewhere.get(reference)

    @abstractmethod
    def open_run(self, reference: str) -> None:
        """Go to the screen of a run's kind and show it there; or say why that can't be."""

    @abstractmethod
    def open_overlaid(self, runs: Sequence[RunFolder]) -> None:
        """Go to the first training, with the curves of the others overlaid."""

    @abstractmethod
    def restore(self, screen: Screen[None]) -> None:
        """Bring a screen that is opened for the first time back to how it was left."""

    @work(thread=True, exit_on_error=False)
    def start(
        self,
        kind: str,
        values: dict[str, object],
        *,
        show: bool = True,
        engine: str = "",
        refused: Callable[[str], object] = lambda _sentence: None,
    ) -> None:
        """Start a run in a process of its own, or as a job of an engine, and show it, or say so.

        refused: called with what is wrong with it.
        """
        try:
            if self.trouble:
                raise BadInput(self.trouble)
            run = self.control.submit(kind, values, engine) if engine else self.control.start(kind, values)
        except LazytuiError as error:
            self.call_from_thread(self.say_error, error)
            self.call_from_thread(refused, str(error))
        else:
            self.call_from_thread(self._count_start)
            show_run = partial(self.open_run, run.reference)
            say = partial(self.notify, f"{name_of_run(run)} is kept; Runs (9) lists it.", markup=False)
            self.call_from_thread(show_run if show else say)

    def _count_start(self) -> None:
        self.runs_started += 1

    def pause_following(self) -> None:
        """Between two looks at a run that is followed: one of another machine has a way behind it already."""
        self.pace.pause(_SHARE_OF_COPIES if self.elsewhere else 1.0)

    def runs_of(self, kinds: Sequence[str]) -> list[Pickable]:
        """The runs of some kinds, newest first, then the shipped ones, for a form to choose from."""
        mine = [line for line in reversed(self.lines) if line.kind in kinds]
        shipped = [line for line in shipped_lines() if line.kind in kinds]
        pickable = [Pickable(line.run.reference, line.description) for line in mine]
        return pickable + [Pickable(line.run.reference, "bundled") for line in shipped]

    def attempt(self, work: Callable[[], T], done: str | Callable[[T], str]) -> None:
        """Do something quick to a run, and say that it is done or why it can't be; elsewhere, in a thread."""
        if self.elsewhere is None:
            self._attempt(work, done, lambda say: say())
        else:
            self._attempt_in_thread(work, done)

    @work(thread=True, exit_on_error=False)
    def _attempt_in_thread(self, work: Callable[[], T], done: str | Callable[[T], str]) -> None:
        self._attempt(work, done, self.call_from_thread)

    def _attempt(
        self, work: Callable[[], T], done: str | Callable[[T], str], call: Callable[[Callable[[], object]], object]
    ) -> None:
        try:
            result = work()
        except LazytuiError as error:
            call(partial(self.say_error, error))
        else:
            sentence = done if isinstance(done, str) else done(result)
            call(partial(self.notify, sentence, markup=False, timeout=_SHORTLY))

    def stop(self, run: RunFolder) -> None:
        self.attempt(lambda: self.control.stop(run), f"{name_of_run(run)} is saving and stopping.")

    def resume(self, run: RunFolder) -> None:
        self.attempt(lambda: self.control.resume(run), f"{name_of_run(run)} continues.")

    def pause_or_resume(self, run: RunFolder) -> None:
        name = name_of_run(run)
        self.attempt(
            lambda: self.control.pause_or_resume(run),
            lambda goes_on: f"{name} {'continues' if goes_on else 'is pausing'}.",
        )

    def rename(self, line: RunLine, name: str) -> None:
        self.attempt(lambda: self.control.rename(line.run, name), f"{human_name(line)} is now called {name}.")

    def remove(self, runs: Sequence[RunFolder]) -> None:
        """Remove runs, so that it can be undone for as long as the app is open."""
        what = name_of_run(runs[0]) if len(runs) == 1 else counted(len(runs), "run")
        verb = "was" if len(runs) == 1 else "were"
        self.attempt(lambda: self.control.remove(runs), f"{what} {verb} removed; u brings back what was removed last.")

    def undo_removal(self) -> None:
        """Bring back the runs that were removed last."""
        self.attempt(self.control.restore, _brought_back)

    def say_error(self, error: LazytuiError) -> None:
        self.notify(str(error), severity="error")

    def _fatal_error(self) -> None:
        """Instead of Textual's own: a bug that ends the app is reported in one sentence, its traceback kept."""
        if self._exception is None or is_debugging():
            super()._fatal_error()
        else:
            self.panic(Text(f"lazytui: {describe_failure(self._exception, self.workspace.path)}"))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """For text that may come from files: it is never markup nor an escape sequence."""
        super().notify(
            plain_text(message, newlines=True), title=title, severity=severity, timeout=timeout, markup=markup
        )

    @work(thread=True, group="files", exit_on_error=False)
    def write_files(
        self,
        write: Callable[[], Sequence[Path]],
        *,
        done: Callable[[], object] | None = None,
        failed: Callable[[LazytuiError], object] | None = None,
    ) -> None:
        """Write files; the first one's path is said and put on the clipboard, also over SSH.

        done, failed: called then; an error that nobody takes is said.
        """
        try:
            written = write()
        except LazytuiError as error:
            self.call_from_thread(failed or self.say_error, error)
        else:
            self.call_from_thread(self._say_written, written)
            if done:
                self.call_from_thread(done)

    def _say_written(self, written: Sequence[Path]) -> None:
        paths = [plain_text(str(path)) for path in written]
        self.copy_to_clipboard(paths[0])
        self.notify("\n".join(["Written; the path is on the clipboard:", *paths]))
