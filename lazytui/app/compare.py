"""Compare: the leaderboard of all trainings by recipe, or of those that are chosen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.compare import CompareParams
from lazytui.app.form_and_figures import FormAndFigures
from lazytui.app.recipe import RecipePlace
from lazytui.app.study import StudyPlace
from lazytui.runs.folder import RunFolder

_OVER = {"study": StudyPlace, "recipe": RecipePlace}
"""What lies over this place, by the kind of run that it shows."""


class ComparePlace(FormAndFigures):
    name_of_place = "compare"
    params = CompareParams
    kind = "compare"
    first = ("runs", "rank", "x", "y", "plain", "attack")
    empty = (
        "No comparison yet. Train with a few methods and seeds (2: Train), then press g: trainings are grouped by "
        "recipe, ranked by their mean over seeds, and each stands beside plain training for as many steps. A study (s) "
        "trains a whole grid for that; a recipe (r) trains again what others reported."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "over('study')", "Study"),
        Binding("r", "over('recipe')", "Recipes"),
    ]

    def show_run(self, run: RunFolder) -> None:
        """A comparison, or a study or recipe over it."""
        if over := _OVER.get(run.record.kind):
            self.app.push_screen(over(run))
        else:
            super().show_run(run)

    def action_over(self, kind: str) -> None:
        self.app.push_screen(_OVER[kind]())
