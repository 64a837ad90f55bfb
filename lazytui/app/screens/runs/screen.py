"""Runs: everything that was started, with what can be done about it, and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from lazytui.analyses.side_by_side.params import KINDS
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Shown
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.popups.dialogs import Ask
from lazytui.app.shell.popups.export_dialog import ask_export
from lazytui.app.workers.run_follower import AGES_EVERY
from lazytui.counted_nouns import counted
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import day_words
from lazytui.runs.human_names import human_name
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import RESUMABLE
from lazytui.runs.workspace_watch import RunLine

NO_SUCH_RUN = "No such run. Backspace: all runs, /: another choice."
EMPTY = "No runs yet. Press 0 and then s to run the whole story, or 2 to train a network."
WHICH_RUNS = "Which runs? Words of a name, a kind or a method, today, yesterday or a date (2026-11-28); empty: all."
_ARRANGEMENTS = Arrangements(
    narrow=Arrangement("first | 16", "second | 16", "others | 16"),
    medium=Arrangement("first second others | 1fr"),
    wide=Arrangement("first second others | 1fr"),
)
_PANELS = tuple(PanelSpec(name, "", ()) for name in ("first", "second", "others"))


_ENDED_EARLY = RESUMABLE - {"queued"}


class FiguresOfAnyKind(RunPanels):
    """The first figure of a run, the second, and all others behind each other."""

    def _choices(self, spec: PanelSpec, figures: Sequence[Figure]) -> Iterator[Shown]:
        every = list(super()._choices(PanelSpec(spec.name, "", ("...",)), figures))
        start, end = {"first": (0, 1), "second": (1, 2), "others": (2, len(every))}[spec.name]
        yield from every[start:end]


class RunsScreen(LabScreen):
    screen_name = "runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="filter"),
        Binding("backspace", "unfilter", "All runs", show=False, id="default"),
        Binding("c", "compare", "Compare", id="compare"),
        Binding("v", "overlay", "Overlay", show=False, id="other-view"),
        Binding("p", "pause", "Pause or resume", show=False, id="pause"),
        Binding("x", "stop", "Stop", show=False, id="stop"),
        Binding("r", "rename", "Name", show=False, id="rename"),
        Binding("delete", "remove", "Remove", key_display="Del", id="remove"),
        Binding("u", "undo", "Undo a removal", show=False, id="undo"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pattern = ""
        self._wanted = ""

    def compose_body(self) -> ComposeResult:
        yield RunTable(id="runs")
        yield Static(id="doing", markup=False)
        yield FiguresOfAnyKind(_ARRANGEMENTS, _PANELS, id="found")

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
        return self.query_one(RunPanels).figures

    # One run

    @on(RunTable.Opened)
    def action_open(self) -> None:
        if line := self._table.line_at_cursor:
            self.lab.open_run(line.run.reference)

    def action_pause(self) -> None:
        """Let a going run wait, or go on with one that was paused, stopped or interrupted, or that failed."""
        line = self._table.line_at_cursor
        if line and line.status.state in _ENDED_EARLY:
            self.lab.resume(line.run)
        elif line:
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
                self.lab.rename(line, name)

        ask_text(self, f"A name for {human_name(line)}", line.name or "", rename)

    # The marked ones, or else the one under the cursor

    def action_compare(self) -> None:
        """Rank the marked trainings, or set what one analysis found of several networks side by side."""
        lines = [line for line in self._table.chosen_lines if not line.damage]
        chosen = "side-by-side" if {line.kind for line in lines} <= set(KINDS) else "compare"
        runs = [line.run.reference for line in (self._trainings() if chosen == "compare" else lines)]
        if len(runs) < 2:
            self.notify("Mark two trainings or more with Space to compare them.", severity="warning")
        else:
            self.start(chosen, {"runs": tuple(runs)})

    def action_overlay(self) -> None:
        """The curves of the marked trainings over each other."""
        if runs := [line.run for line in self._trainings()]:
            self.lab.open_overlaid(runs)
        else:
            self.notify("Mark trainings with Space to overlay their curves.", severity="warning")

    def _trainings(self) -> list[RunLine]:
        return [line for line in self._table.chosen_lines if line.kind == "train" and not line.damage]

    def action_export(self) -> None:
        """The figures of the marked runs, or those that are shown."""
        if self._table.marked:
            self._export(self._table.chosen_lines)
        else:
            super().action_export()

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def _export(self, lines: Sequence[RunLine]) -> None:
        try:
            figures = [figure for line in lines for figure in _named_figures(line)]
        except LazytuiError as error:
            self.app.call_from_thread(self.lab.say_error, error)
        else:
            self.app.call_from_thread(ask_export, self.lab, self.screen_name, figures)

    def action_remove(self) -> None:
        """Remove runs, after a question; it can be undone for as long as the app is open."""
        runs = [line.run for line in self._table.chosen_lines]
        if not runs:
            return

        def remove(yes: bool | None) -> None:
            if yes:
                self.lab.remove(runs)

        what = human_name(self._table.chosen_lines[0]) if len(runs) == 1 else counted(len(runs), "run")
        self.app.push_screen(Ask(f"Remove {what}? u brings back what was removed, until the app ends."), remove)

    def action_undo(self) -> None:
        self.lab.undo_removal()

    # What is shown

    def action_filter(self) -> None:
        ask_text(self, WHICH_RUNS, self._pattern, self._set_pattern)

    def action_unfilter(self) -> None:
        """All runs again."""
        if self._pattern:
            self._set_pattern("")
        else:
            self.notify("All runs are shown.")

    def _set_pattern(self, pattern: str) -> None:
        self._pattern = pattern.strip()
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """Bring the table up to date, newest first."""
        searched_words = self._pattern.casefold().split()
        wanted = (line for line in reversed(lines) if all(word in _searched(line) for word in searched_words))
        self._table.show(list(wanted))
        self._point_to_wanted()
        self._show_chosen()

    @on(RunTable.Pointed)
    @on(RunTable.Marked)
    def _show_chosen(self) -> None:
        line = self._table.line_at_cursor
        self._run = line.run if line else None
        self.query_one("#doing", Static).update(" · ".join(self._words(line)))
        panels = self.query_one(RunPanels)
        if line is not None and line.damage:
            panels.say(plain_text(f"{line.damage} Delete removes it."))
        else:
            panels.show_line(line, EMPTY if not self.lab.lines else NO_SUCH_RUN)

    def _words(self, line: RunLine | None) -> Iterator[str]:
        """What the table doesn't say: the filter, how many are marked, the id of the run, what went wrong in it."""
        if self._pattern:
            yield plain_text(f"only {self._pattern!r}, Backspace: all")
        if marked := len(self._table.marked):
            yield f"{marked} marked"
        if line is not None:
            yield plain_text(line.run.id)
            if line.status.error:
                yield plain_text(f"{line.status.error} l shows its log.")
            if line.status.state in _ENDED_EARLY | {"paused"}:
                yield "p resumes it"


def _searched(line: RunLine) -> str:
    day = day_words(line.created, time.time())
    return f"{line.run.id} {human_name(line)} {line.state} {line.kind} {day}".casefold()


def _named_figures(line: RunLine) -> Iterator[Figure]:
    """The figures of a run, each with the run's name in its own."""
    from lazytui.analyses.core.execute import figures

    for figure in figures(line.run) if line.run.has_result else ():
        yield replace(figure, name=f"{line.run.id}-{figure.name}", title=f"{human_name(line)}: {figure.title}")
