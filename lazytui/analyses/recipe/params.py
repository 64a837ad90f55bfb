"""What can be chosen of `recipe`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from lazytui.analyses.core.analysis import Positional
from lazytui.analyses.recipe.earlier_studies import recipes, recipes_of_papers, recipes_of_studies
from lazytui.analyses.trainings.training_grid import GridParams
from lazytui.catalog_fields import name_field, require_name

ALL = "all"
"""Every recipe of the studies, in turn."""

PAPERS = "papers"
"""Every recipe of a paper."""

QUICK_SIZES = {"train_size": 5_000, "test_size": 1_000}
"""Digits of the preset quick."""


class RecipeParams(GridParams):
    """Which recipe, how often, and on how much."""

    recipe: Annotated[str, Positional()] = name_field(
        ...,
        "A name from `lazytui recipes`; all: every recipe of the studies; papers: every recipe of a paper.",
        {
            ALL: "every recipe of the studies, in one table",
            PAPERS: "every recipe of a paper, in one table",
            **{name: recipe.about for name, recipe in recipes().items()},
        },
    )
    preset: Literal["quick", "full"] = Field(
        "full",
        description="full: all of real MNIST, as in the studies; quick: "
        f"{QUICK_SIZES['train_size']:,} training and {QUICK_SIZES['test_size']:,} test digits, of MNIST if it is here, "
        "with the first of the seeds and no plain networks to compare with.",
    )
    source: str | None = Field(
        None, description="Digits to paint, if not those of the preset; the verdict then holds for these digits."
    )
    train_size: Annotated[int, Field(ge=10)] | None = Field(
        None, description="How many training digits to use, if not as many as the preset says."
    )
    test_size: Annotated[int, Field(ge=10)] | None = Field(
        None, description="How many test digits to use, if not as many as the preset says."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )

    @field_validator("recipe")
    @classmethod
    def _known_recipe(cls, recipe: str) -> str:
        return require_name("recipe", recipe, (ALL, PAPERS, *recipes()))

    @property
    def names(self) -> tuple[str, ...]:
        """The recipes that are asked for."""
        several = {ALL: recipes_of_studies, PAPERS: recipes_of_papers}
        return tuple(several[self.recipe]()) if self.recipe in several else (self.recipe,)

    @property
    def is_quick(self) -> bool:
        return self.preset == "quick"

    @property
    def digits(self) -> dict[str, str | int | None]:
        """Which digits are painted, and how many, as options of a training; None for all."""
        chosen = {name: getattr(self, name) for name in ("train_size", "test_size")}
        preset = QUICK_SIZES if self.is_quick else dict.fromkeys(QUICK_SIZES)
        source = self.source or ("auto" if self.is_quick else "mnist")
        return {"source": source, **{name: value or preset[name] for name, value in chosen.items()}}

    @property
    def as_the_studies(self) -> bool:
        """Whether on the studies' own digits, all of them."""
        return self.digits == {"source": "mnist", "train_size": None, "test_size": None}

    @property
    def used_seeds(self) -> tuple[int, ...]:
        return self.seeds[:1] if self.is_quick else self.seeds
