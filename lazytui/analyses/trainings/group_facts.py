"""What the results of `compare`, `study` and `recipe` keep of trainings by recipe, with their metrics."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from lazytui.runs.result_contents import Count, Name, Note, Number
from lazytui.training.methods import METHODS

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
