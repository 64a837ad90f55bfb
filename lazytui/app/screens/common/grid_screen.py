"""An analysis that trains many networks: while it goes on, its trainings and what is known of them already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.figures import ALL_RECIPES
from lazytui.app.figures import FigureView
from lazytui.app.screens.common.overlay_screen import OverlayScreen
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.figures.kinds import Cell, Column, Table
from lazytui.runs.formatting import state_clause, without_middle
from lazytui.runs.human_names import human_name
from lazytui.runs.workspace_watch import RunLine

_DISTINGUISHING = ("model", "method", "bias", "epochs")
_LONGEST = 100
BEFORE_THE_FIRST = "it looks for trainings that it can reuse; the others appear here as they begin."
_MEASURED = ("easy_accuracy", "hard_accuracy", "unbiased_accuracy")


class GridScreen(OverlayScreen):
    def _show(self, lines: tuple[RunLine, ...]) -> None:
        line = self._line_to_show(lines)
        trainings = [one for one in lines if line and not one.damage and one.run.record.started_by == line.run.id]
        if line and line.is_active and trainings:
            self._show_so_far(line, trainings)
        elif line and line.status.state == "running":
            self.query_one(RunPanels).say(f"{human_name(line)} is running: {BEFORE_THE_FIRST}")
        else:
            super()._show(lines)

    @on(FigureView.Chosen)
    def _open(self, event: FigureView.Chosen) -> None:
        """A recipe of the list goes into the form."""
        figure = event.view.figure
        if figure.name == ALL_RECIPES:
            recipe = figure.rows[event.position][0]
            self.form.set_values({**self.form.touched, "recipe": recipe})
            self.notify(f"g trains {recipe}.")
        else:
            self.query_one(RunPanels).panel_of(event.view).action_zoom()

    def _show_so_far(self, line: RunLine, begun: Sequence[RunLine]) -> None:
        self.query_one(RunPanels).show_alone([trainings_table(begun)])
        self.say(f"{human_name(line)} {state_clause(line.status)}.")


def trainings_table(lines: Sequence[RunLine]) -> Table:
    """What each training is, how it stands, and its accuracies in percent once it is done."""
    settings = [line.run.record.params for line in lines]
    distinguishing = [name for name in _DISTINGUISHING if len({_setting_text(one.get(name)) for one in settings}) > 1]
    measured = [METRICS[name].title.removesuffix(" accuracy") for name in _MEASURED]
    return Table(
        name="trainings",
        title="Its trainings so far",
        note="Accuracies in percent. Earlier trainings are reused and join the others at the end.",
        columns=tuple(Column(name=name) for name in (*distinguishing, "seed", "state", *measured)),
        rows=tuple(_row(line, params, distinguishing) for line, params in zip(lines, settings, strict=True)),
    )


def _row(line: RunLine, params: dict[str, Any], distinguishing: Sequence[str]) -> tuple[Cell, ...]:
    shares = (line.metrics.get(name) for name in _MEASURED)
    measured = (None if share is None else 100 * share for share in shares)
    return (
        *(_setting_text(params.get(name)) for name in distinguishing),
        _setting_text(params.get("seed")),
        line.state,
        *measured,
    )


def _setting_text(setting: object) -> str:
    """Of whatever a record holds, as much as a cell takes."""
    return without_middle(str(setting), _LONGEST)
