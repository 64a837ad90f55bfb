"""Runs: everything that was started, with what can be done about it, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from lazytui.app.asking import Ask, AskText
from lazytui.app.following import AGES_EVERY, RunLine
from lazytui.app.place import Place
from lazytui.app.run_figures import RunFigures
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder
from lazytui.runs.status import RESUMABLE
from lazytui.runs.words import age, shortened

EMPTY = "No runs yet. Press 0 and then s to have the whole story told, or 2 to train a network."


class RunTable(DataTable[Text]):
    """Rows are what it is about: Home and End go to the first and the last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]


class RunsPlace(Place):
    name_of_place = "runs"
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
        self._lines: dict[str, RunLine] = {}
        self._wanted = ""

    def compose_place(self) -> ComposeResult:
        yield RunTable(id="runs", cursor_type="row", zebra_stripes=True)
        yield RunFigures(id="found")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for heading in ("run", "name", "status", "easy", "hard", "age"):
            table.add_column(heading, key=heading)
        self.watch(self.lab, "lines", self._show)
        self.set_interval(AGES_EVERY, lambda: self._show(self.lab.lines))
        table.focus()

    def show_run(self, run: RunFolder) -> None:
        """Put the cursor on this run, as soon as it is in the table."""
        self._wanted = run.reference
        self._point_to_wanted()

    def _point_to_wanted(self) -> None:
        if self._wanted in self._lines:
            self.query_one(DataTable).move_cursor(row=list(self._lines).index(self._wanted))
            self._wanted = ""

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunFigures).figures

    def on_data_table_row_selected(self, _event: DataTable.RowSelected) -> None:
        self.action_open()

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        self._show_chosen()

    def action_open(self) -> None:
        if line := self._chosen():
            self.lab.open_run(line.run.reference)

    def action_resume(self) -> None:
        """Go on with a run that was paused, stopped, interrupted, or that failed."""
        line = self._chosen()
        if line and line.status.state in {"paused", *RESUMABLE}:
            self.lab.resume(line.run)
        elif line:
            self.notify(f"{line.run.id} is {line.status.state}: there is nothing to resume.", markup=False)

    def action_pause(self) -> None:
        """Let a going run wait, or wake it."""
        if line := self._chosen():
            self.lab.pause_or_resume(line.run)

    def action_stop(self) -> None:
        if line := self._chosen():
            self.lab.stop(line.run)

    def action_rename(self) -> None:
        line = self._chosen()
        if line is None:
            return

        def named(name: str | None) -> None:
            if name:
                self.lab.attempt(
                    lambda: self.lab.workspace.rename(line.run, name), f"{line.run.id} is called {name} now."
                )

        self.app.push_screen(AskText(f"A name for {line.run.id}", line.name or ""), named)

    def action_remove(self) -> None:
        line = self._chosen()
        if line is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.lab.attempt(lambda: self.lab.workspace.remove(line.run), f"{line.run.id} is gone.")

        self.app.push_screen(Ask(f"Delete {line.run.id} and everything in its folder for good?"), answered)

    def action_filter(self) -> None:
        def filtered(pattern: str | None) -> None:
            if pattern is not None:
                self._pattern = pattern
                self._show(self.lab.lines)

        self.app.push_screen(AskText("Show runs that contain (empty for all)", self._pattern), filtered)

    def _chosen(self) -> RunLine | None:
        table = self.query_one(DataTable)
        if not table.row_count:
            return None
        return self._lines.get(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value or "")

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """Bring the table up to date, newest first, without moving the cursor off its run."""
        table = self.query_one(DataTable)
        wanted = [line for line in reversed(lines) if self._pattern in f"{line.run.id} {line.name} {line.status.state}"]
        keys = [line.run.reference for line in wanted]
        before = self._chosen()
        self._lines = {line.run.reference: line for line in wanted}
        if [row.value for row in table.rows] != keys:
            table.clear()
            for line in wanted:
                table.add_row(*_cells(line), key=line.run.reference)
            if before and before.run.reference in keys:
                table.move_cursor(row=keys.index(before.run.reference))
        else:
            for line in wanted:
                for heading, cell in zip(("run", "name", "status", "easy", "hard", "age"), _cells(line), strict=True):
                    table.update_cell(line.run.reference, heading, cell, update_width=True)
        self._point_to_wanted()
        self._show_chosen()

    def _show_chosen(self) -> None:
        line = self._chosen()
        self._run = line.run if line else None
        found = self.query_one(RunFigures)
        if line is None:
            found.show(None, EMPTY)
        elif line.damage:
            found.show(None, plain(f"{line.damage} d deletes it."))
        elif line.status.state == "done":
            found.show(line.run)
        else:
            error = f" {line.status.error}" if line.status.error else ""
            found.show(None, plain(f"{line.run.id}: {line.state}.{error} l shows its log."))


def _cells(line: RunLine) -> list[Text]:
    colors = {"done": "green", "running": "cyan", "queued": "cyan", "failed": "red", "interrupted": "yellow"}
    return [
        Text(shortened(plain(line.run.id), 40)),
        Text(shortened(line.name or "", 16)),
        Text(line.state, style="red" if line.damage else colors.get(line.status.state, "")),
        _share(line.metrics.get("easy_accuracy")),
        _share(line.metrics.get("hard_accuracy")),
        Text(age(line.created), justify="right"),
    ]


def _share(value: float | None) -> Text:
    return Text("" if value is None else f"{value:.1%}", justify="right")
