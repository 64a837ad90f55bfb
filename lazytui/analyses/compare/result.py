"""What the results of `compare`, `study` and `recipe` hold: trainings by recipe, with their metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.recipe_catalog import Recipe, Tolerance
from lazytui.runs.result_contents import Contents, Count, Damaged, Name, Note, Number
from lazytui.runs.saved_result import Result
from lazytui.training.methods import METHODS

if TYPE_CHECKING:
    from lazytui.analyses.compare.analysis import CompareParams
    from lazytui.analyses.recipe.analysis import RecipeParams
    from lazytui.analyses.study.analysis import StudyParams

Key = Annotated[str, Field(strict=True, max_length=20_000)]
"""A recipe as a string."""

Setting = Name | int | float | bool | None


def _known_method(recipe: dict[str, Any]) -> dict[str, Any]:
    method = recipe.get("method")
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError("its method isn't known")
    if not isinstance(recipe.get("bias"), (int, float)) or "counterexamples" not in recipe:
        raise ValueError("it doesn't say how color was given")
    return recipe


class TrainedRun(TypedDict):
    run: Name
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)]
    metrics: dict[Name, Number | None]
    images_seen: Count | None
    attacked: NotRequired[dict[Name, Number | None]]


class Group(TypedDict):
    recipe: Annotated[dict[Name, Setting | list[Setting]], AfterValidator(_known_method)]
    key: Key
    plain: Key
    control: NotRequired[Key | None]
    runs: Annotated[list[TrainedRun], Field(min_length=1)]


class Failure(TypedDict):
    run: Name
    state: Name
    error: Note


class CompareFacts(TypedDict):
    groups: Annotated[list[Group], Field(min_length=1, max_length=10_000)]


class StudyFacts(TypedDict):
    groups: Annotated[list[Group], Field(max_length=10_000)]
    failed: dict[Name, Failure]


def _known_metrics(recipe: Recipe) -> Recipe:
    if not recipe.reported or not set(recipe.reported) <= set(METRICS):
        raise ValueError("what it reports isn't known")
    return recipe


class RecipeFacts(StudyFacts):
    recipe: Annotated[Recipe, AfterValidator(_known_metrics)]
    own: Key
    tolerance: Tolerance


def _attacked(params: CompareParams, result: Result) -> None:
    runs = (run for group in result.facts["groups"] for run in group["runs"])
    if params.attack and not all("attacked" in run for run in runs):
        raise Damaged("it lacks what the attack found")


COMPARE: Contents[CompareParams] = Contents(facts=CompareFacts, agrees=_attacked)
STUDY: Contents[StudyParams] = Contents(facts=StudyFacts)
RECIPE: Contents[RecipeParams] = Contents(facts=RecipeFacts)
