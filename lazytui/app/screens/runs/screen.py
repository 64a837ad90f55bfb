"""Runs: everything that was started, with what can be done about it, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.run_figures import RunFigures
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.dialogs import Ask
from lazytui.app.workers.run_follower import AGES_EVERY
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import RESUMABLE
from lazytui.runs.workspace_watch import RunLine

EMPTY = "No runs yet. Press 0 and then s to run the whole story, or 2 to train a network."


class RunsScreen(LabScreen):
    screen_name = "runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resume", "Resume"),
        Binding("p", "pause", "Pause"),
        Binding("x", "stop", "Stop"),
        Binding("n", "rename", "Name"),
        Binding("d", "remove", "Delete"),
        Binding("slash", "filter", "Find"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pattern = ""
        self._wanted = ""

    def compose_body(self) -> ComposeResult:
        yield RunTable(id="runs")
        yield RunFigures(id="found")

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)
        self.set_interval(AGES_EVERY, self._table.refresh)
        self._table.focus()

    @property
    def _table(self) -> RunTable:
        return self.query_one(RunTable)

    def show_run(self, run: RunFolder) -> None:
        """Put the cursor on this run, as soon as it is in the table."""
        self._wanted = run.reference
        self._point_to_wanted()

    def _point_to_wanted(self) -> None:
        rows = {line.run.reference: row for row, line in enumerate(self._table.lines)} if self._wanted else {}
        if self._wanted in rows:
            self._table.point(rows[self._wanted])
            self._wanted = ""

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunFigures).figures

    @on(RunTable.Opened)
    def _open(self) -> None:
        self.action_open()

    @on(RunTable.Pointed)
    def _pointed(self) -> None:
        self._show_chosen()

    def action_open(self) -> None:
        if line := self._table.line_at_cursor:
            self.lab.open_run(line.run.reference)

    def action_resume(self) -> None:
        """Go on with a run that was paused, stopped, interrupted, or that failed."""
        line = self._table.line_at_cursor
        if line and line.status.state in {"paused", *RESUMABLE}:
            self.lab.resume(line.run)
        elif line:
            self.notify(f"{line.run.id} is {line.status.state}: nothing to resume.", markup=False)

    def action_pause(self) -> None:
        """Let a going run wait, or wake it."""
        if line := self._table.line_at_cursor:
            self.lab.pause_or_resume(line.run)

    def action_stop(self) -> None:
        if line := self._table.line_at_cursor:
            self.lab.stop(line.run)

    def action_rename(self) -> None:
        line = self._table.line_at_cursor
        if line is None:
            return

        def rename(name: str) -> None:
            if name:
                self.lab.attempt(
                    lambda: self.lab.workspace.rename(line.run, name), f"{line.run.id} is now called {name}."
                )

        ask_text(self, f"A name for {line.run.id}", line.name or "", rename)

    def action_remove(self) -> None:
        line = self._table.line_at_cursor
        if line is None:
            return

        def remove(yes: bool | None) -> None:
            if yes:
                self.lab.attempt(lambda: self.lab.workspace.remove(line.run), f"{line.run.id} was deleted.")

        self.app.push_screen(Ask(f"Delete {line.run.id} and everything in its folder permanently?"), remove)

    def action_filter(self) -> None:
        ask_text(self, "Show runs that contain (empty for all)", self._pattern, self._set_pattern)

    def _set_pattern(self, pattern: str) -> None:
        self._pattern = pattern
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """Bring the table up to date, newest first."""
        wanted = reversed(lines)
        if self._pattern:
            wanted = (line for line in wanted if self._pattern in f"{line.run.id} {line.name} {line.status.state}")
        self._table.show(list(wanted))
        self._point_to_wanted()
        self._show_chosen()

    def _show_chosen(self) -> None:
        line = self._table.line_at_cursor
        self._run = line.run if line else None
        found = self.query_one(RunFigures)
        if line is None:
            found.show(None, EMPTY)
        elif line.damage:
            found.show(None, plain_text(f"{line.damage} d deletes it."))
        elif line.status.state == "done":
            found.show(line.run)
        else:
            error = f" {line.status.error}" if line.status.error else ""
            found.show(None, plain_text(f"{line.run.id}: {line.state}.{error} l shows its log."))
