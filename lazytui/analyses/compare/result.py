"""What `compare` finds: trainings by recipe, and what it takes to fool their networks where that was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.analyses.trainings.trainings_result import RecipeTrainings
from lazytui.runs.results.result_contents import COUNT, Damaged
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.compare.params import CompareParams


@dataclass(frozen=True, kw_only=True)
class CompareResult:
    """recipes, runs: how many are compared. plain_trained: how many plain trainings were made for it."""

    recipes: Annotated[int | None, COUNT.optional] = None
    runs: Annotated[int | None, COUNT.optional] = None
    plain_trained: Annotated[int | None, COUNT.optional] = None
    groups: Annotated[Sequence[RecipeTrainings], Field(min_length=1, max_length=10_000)]


def write(result: CompareResult) -> Result:
    return write_fields(result)


def read(params: CompareParams, saved: Result) -> CompareResult:
    """Raises Damaged where it isn't what `write` makes."""
    result = read_fields(CompareResult, saved)
    if params.attack and any(run.attacked is None for group in result.groups for run in group.runs):
        raise Damaged("it lacks what the attack found")
    return result
