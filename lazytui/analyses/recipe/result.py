"""What `recipe` finds: its trainings, and the recipe with the tolerance that it was held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, PlainSerializer

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.earlier_studies import Recipe
from lazytui.analyses.recipe.reproduction import Tolerance
from lazytui.analyses.trainings.trainings_result import GridResult, RecipeKey
from lazytui.runs.saved_result import Result
from lazytui.runs.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.recipe.params import RecipeParams


def _known_metrics(recipe: Recipe) -> Recipe:
    if not recipe.reported or not set(recipe.reported) <= set(METRICS):
        raise ValueError("what it reports isn't known")
    return recipe


@dataclass(frozen=True, kw_only=True)
class RecipeResult(GridResult):
    """recipe, tolerance: as they were then, so that a later list of recipes doesn't change what was found.

    own: the key of the recipe's own trainings.
    """

    recipe: Annotated[Recipe, AfterValidator(_known_metrics), PlainSerializer(Recipe.as_written)]
    own: RecipeKey
    tolerance: Tolerance


def write(result: RecipeResult) -> Result:
    return write_fields(result)


def read(_params: RecipeParams, saved: Result) -> RecipeResult:
    """Raises Damaged where it isn't what `write` makes."""
    return read_fields(RecipeResult, saved)
