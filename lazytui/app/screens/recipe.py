"""Recipe: what an earlier study reported, trained again, over the screen where trainings are compared."""

from __future__ import annotations

from lazytui.analyses.recipe.params import RecipeParams
from lazytui.app.screens.common.grid_screen import GridScreen


class RecipeScreen(GridScreen):
    screen_name = "recipe"
    params = RecipeParams
    kind = "recipe"
    first = ("recipe", "seeds", "source", "train_size", "test_size", "plain", "jobs", "device")
    empty = (
        "Five earlier studies reported how such networks fare. Choose a recipe, Enter lists them, and press g: it is "
        "trained again, and reported stands beside measured, with a verdict. Esc goes back to the comparison."
    )
