"""What can be chosen of `recipe`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from lazytui.analyses.core.analysis import Positional
from lazytui.analyses.recipe.earlier_studies import recipes
from lazytui.analyses.trainings.training_grid import GridParams
from lazytui.catalog_fields import name_field, require_name
from lazytui.data.params import SourceName


class RecipeParams(GridParams):
    """Which recipe, how often, and on how much."""

    recipe: Annotated[str, Positional()] = name_field(
        ..., "A name from `lazytui recipes`.", {name: recipe.about for name, recipe in recipes().items()}
    )
    source: SourceName = Field(
        "mnist", description="Digits to paint; the studies used mnist, and a verdict on others is one on those."
    )
    train_size: Annotated[int, Field(ge=10)] | None = Field(
        None, description="How many training digits to use; default all, as the studies did."
    )
    test_size: Annotated[int, Field(ge=10)] | None = Field(
        None, description="How many test digits to use; default all, as the studies did."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="Where to compute; auto takes a GPU.")

    @field_validator("recipe")
    @classmethod
    def _known_recipe(cls, recipe: str) -> str:
        return require_name("recipe", recipe, recipes())
