"""Compare: the leaderboard of all trainings by recipe, or of those that are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.compare.params import CompareParams
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_and_panels import BUNDLED, FormAndPanels
from lazytui.app.screens.common.grid_screen import trainings_table
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.app.screens.overlays import overlay
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines

_RANKED = ("rank", "property", "x", "y", "attack")
_SAME = ("model", "epochs", "dataset", "source", "train_size")
"""What trainings have to agree in to be held against each other."""

SEVERAL = "s trains several cures and compares them."


class CompareScreen(FormAndPanels):
    screen_name = "compare"
    params = CompareParams
    kind = "compare"
    first = ("runs", "rank", "property", "x", "y", "plain", "attack")
    empty = (
        "No comparison yet. Train with a few methods and seeds (2: Train), then press g: trainings are grouped by "
        "recipe, ranked by their mean over seeds, and each is shown beside plain training for as many steps. A study "
        "(s) trains a whole grid; a recipe (r) reproduces what others reported."
    )
    matched_fields = ("runs", *_RANKED)
    panels = (
        PanelSpec("verdict", "Who cures the shortcut?", ("verdict", "chosen")),
        PanelSpec("ranking", "Ranking", ("ranking", "choices", "over-plain", "over-control", "attacked")),
        PanelSpec("scatter", "Hard accuracy against easy accuracy", ("scatter",)),
        PanelSpec("board", "Leaderboard", ("leaderboard", "selectors", "cues", "cost", "...")),
    )
    arrangements = Arrangements(
        narrow=Arrangement("verdict | 7", "ranking | 14", "scatter | 16", "board | 14"),
        medium=Arrangement("verdict verdict | 6", "ranking scatter | 1fr", "board board | 10"),
        wide=Arrangement("verdict verdict | 5", "ranking scatter | 1fr", "board board | 12"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "over('study')", "Study"),
        Binding("r", "over('recipe')", "Recipes"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._asks_as_before = False
        self._counted: object = None
        self._plan = ""
        self._shown_words = ""

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """At first as the newest comparison ranked its trainings."""
        mine = [line for line in lines if line.kind == self.kind and line.record]
        if mine and not self._asks_as_before:
            self._asks_as_before = True
            if not self.form.touched and (record := mine[-1].record):
                self.form.set_values({name: record.params.get(name) for name in _RANKED})
        super()._show(lines)
        self._count_plain(lines)

    def _line_to_show(self, lines: tuple[RunLine, ...]) -> RunLine | None:
        """The workspace's trainings replace the bundled example as soon as they can be compared."""
        line = super()._line_to_show(lines)
        return None if line in shipped_lines() and self._run is None and comparable(lines) else line

    def figures_before_a_run(self) -> Sequence[Figure]:
        mine = comparable(self.lab.lines)
        if not mine or self.form.touched.get("runs"):
            return ()
        note = "Accuracies in percent. g compares them: means over seeds, intervals, and each beside plain training."
        if any(line.kind == "study" and line.status.state == "done" for line in self.lab.lines):
            note += " A study that you ran has done so: s shows it."
        return [replace(trainings_table(mine), title="Your trainings: g compares them", note=note)]

    def _count_plain(self, lines: tuple[RunLine, ...]) -> None:
        """Count anew what g is going to train where that may have changed."""
        params = self.form.params
        done = [line for line in lines if line.kind == "train" and line.status.state == "done"]
        if isinstance(params, CompareParams):
            counted_for = params.runs, params.plain, tuple(line.run.reference for line in done)
            if counted_for != self._counted:
                self._counted = counted_for
                self._count_in_thread(params, done)

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count_in_thread(self, params: CompareParams, done: Sequence[RunLine]) -> None:
        from lazytui.analyses.compare.analysis import planned

        plan = planned(params, [line.run for line in done], self.lab.workspace)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._say_plan, plan)

    def _say_plan(self, plan: str) -> None:
        self._plan = f"g {plan}." if plan else ""
        self.say(self._shown_words)

    def say(self, text: str) -> None:
        self._shown_words = text
        several = SEVERAL if text == BUNDLED else ""
        super().say(" ".join(filter(None, (text, several, self._plan))))

    def show_run(self, run: RunFolder) -> None:
        """A comparison, or a study or recipe over it."""
        if run.record.kind == self.kind:
            super().show_run(run)
        else:
            self.app.push_screen(overlay(run.record.kind, run=run))

    def values_of(self, run: RunFolder) -> Mapping[str, object]:
        """Trainings by name only where they aren't all that there are."""
        values = dict(super().values_of(run))
        done = {line.run.reference for line in self.lab.lines if line.kind == "train" and line.status.state == "done"}
        if isinstance(runs := values.get("runs"), list) and done == set(map(str, runs)):
            del values["runs"]
        return values

    def open_analysis(self, kind: str) -> None:
        if kind != self.kind:
            self.action_over(kind)

    def action_over(self, kind: str) -> None:
        self.app.push_screen(overlay(kind))


def comparable(lines: Sequence[RunLine]) -> list[RunLine]:
    """The trainings that are done, where two of them or more agree in all but method and seed; else none."""
    done = [line for line in lines if line.kind == "train" and line.status.state == "done" and line.record]
    settings = [tuple(str(line.run.record.params.get(name)) for name in _SAME) for line in done]
    return done if len(set(settings)) < len(settings) else []
