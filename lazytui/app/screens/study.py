"""Study: a grid of trainings, asked and shown over the screen where trainings are compared."""

from __future__ import annotations

from lazytui.analyses.study.params import StudyParams
from lazytui.app.screens.common.grid_screen import GridScreen
from lazytui.training.methods.method_options import MethodOptions


class StudyScreen(GridScreen):
    screen_name = "study"
    params = StudyParams
    kind = "study"
    first = (
        "methods",
        "seeds",
        "bias",
        "dataset",
        "source",
        "model",
        "epochs",
        *MethodOptions.model_fields,
        "jobs",
        "rank",
        "train_size",
    )
    empty = (
        "A study trains each method with each bias and each seed, side by side, plain networks beside them, and ranks "
        "what comes of it. Choose the grid and press g: its trainings are in 9: Runs and go on without this terminal. "
        "Esc goes back to the comparison."
    )
