"""Evaluate: what a trained network reads, digit or color; or two networks side by side."""

from __future__ import annotations

from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_and_panels import FormAndPanels
from lazytui.app.screens.common.run_panels import PanelSpec


class EvaluateScreen(FormAndPanels):
    screen_name = "evaluate"
    params = EvaluateParams
    kind = "evaluate"
    first = ("run", "against", "source", "hard")
    empty = "No evaluation of this network yet. g: run it, o: choose another network."
    matched_fields = ("run", "against")
    panels = (
        PanelSpec("headline", "Digit or color?", ("headline", "metrics", "by-split", "who-alone", "shared-data")),
        PanelSpec("easy", "Easy split", ("confusion-easy", "color-by-prediction-easy")),
        PanelSpec("hard", "Hard split", ("confusion-hard",)),
        PanelSpec("color", "Color by prediction", ("color-by-prediction-hard", "color-by-prediction-probe")),
        PanelSpec("shapes", "Shapes and colors", ("cue-conflict",)),
        PanelSpec("groups", "Groups", ("digit-by-color", "red-one", "cell", "...")),
    )
    arrangements = Arrangements(
        narrow=Arrangement("headline | 7", "hard | 14", "color | 14", "easy | 14", "groups | 14", "shapes | 20"),
        medium=Arrangement(
            "headline headline headline headline headline headline | 7",
            "easy     easy     hard     hard     color    color    | 14",
            "shapes   shapes   shapes   groups   groups   groups   | 1fr",
        ),
        wide=Arrangement(
            "headline headline headline headline headline headline | 7",
            "easy     easy     hard     hard     color    color    | 1fr",
            "shapes   shapes   shapes   groups   groups   groups   | 1fr",
        ),
    )
