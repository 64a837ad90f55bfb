"""Evaluate: choose one trained network, or two, and see what they read, digit or color."""

from __future__ import annotations

from textual import on

from lazytui.analyses.evaluate import EvaluateParams
from lazytui.app.form_and_figures import FormAndFigures
from lazytui.app.run_figures import SIDE_BY_SIDE, RunFigures


class EvaluatePlace(FormAndFigures):
    name_of_place = "evaluate"
    params = EvaluateParams
    kind = "evaluate"
    first = ("run", "against", "source", "hard")
    empty = "No evaluation yet. Choose a trained network on the left (one came along) and press g."

    def action_start(self) -> None:
        """Evaluate in the background, and show the figures when they are there."""
        if "run" not in self.form.touched:
            self.notify("Choose a trained network first.", severity="error")
        else:
            super().action_start()

    @on(RunFigures.Found)
    def _make_room(self) -> None:
        """Fold the form where two networks stand side by side without it only, and nobody is filling it in."""
        found = self.query_one(RunFigures)
        if found.of_two and found.size.width < SIDE_BY_SIDE <= self.size.width:
            self.make_room()
