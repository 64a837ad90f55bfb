"""Evaluate: choose one trained network, or two, and see what they read, digit or color."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on

from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.app.screens.common.form_and_figures import FormAndFigures
from lazytui.app.screens.common.run_figures import SIDE_BY_SIDE, RunFigures


class EvaluateScreen(FormAndFigures):
    screen_name = "evaluate"
    params = EvaluateParams
    kind = "evaluate"
    first = ("run", "against", "source", "hard")
    empty = "No evaluation of this network yet. g: run it, f: choose another network."

    @property
    def matched_fields(self) -> Sequence[str]:
        return ("run", "against")

    def first_values(self) -> Mapping[str, object]:
        return {"run": self.network()}

    @on(RunFigures.Found)
    def _make_room(self) -> None:
        """Fold the form where two networks stand side by side without it only, and nobody is filling it in."""
        found = self.query_one(RunFigures)
        if found.compares_two and found.size.width < SIDE_BY_SIDE <= self.size.width:
            self.make_room()
