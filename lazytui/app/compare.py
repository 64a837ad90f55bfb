"""Compare: the leaderboard of all trainings by recipe, or of those that are chosen."""

from __future__ import annotations

from lazytui.analyses.compare import CompareParams
from lazytui.app.form_and_figures import FormAndFigures


class ComparePlace(FormAndFigures):
    name_of_place = "compare"
    params = CompareParams
    kind = "compare"
    first = ("runs", "rank", "x", "y", "plain")
    empty = (
        "No comparison yet. Train with a few methods and seeds (2: Train), then press g: trainings are grouped by "
        "recipe, ranked by their mean over seeds, and each stands beside plain training for as many steps."
    )
