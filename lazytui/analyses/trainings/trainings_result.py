"""What the results of `compare`, `study` and `recipe` keep: trainings by recipe with their metrics, and failed ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WrapSerializer

from lazytui.analyses.train.params import ADDED
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.runs.results.result_contents import COUNT, Count, Name, Note, Number
from lazytui.runs.results.typed_result import Key
from lazytui.training.methods import METHODS

RecipeKey = Annotated[str, Field(strict=True, max_length=20_000)]
"""A recipe as a string."""

Setting = Name | int | float | bool | None

RecordedContent = Annotated[str, Field(strict=True, max_length=20_000)]
"""What a source holds that isn't made here, as JSON in a text."""


def _known_method(recipe: dict[str, Any]) -> dict[str, Any]:
    method = recipe.get("method")
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError("its method isn't known")
    if not isinstance(recipe.get("bias"), (int, float)) or "counterexamples" not in recipe:
        raise ValueError("it doesn't say how color was given")
    _data_of(recipe)  # raises a ValueError where it is none
    return recipe


def _data_of(recipe: Mapping[str, Any]) -> DatasetParams:
    return DatasetParams.model_validate({name: recipe[name] for name in DatasetParams.model_fields if name in recipe})


@dataclass(frozen=True)
class TrainedRun:
    """metrics: of the training. attacked: those of an attack on its network, where one was asked for."""

    run: Name
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)]
    metrics: dict[Name, Number | None]
    images_seen: Count | None
    attacked: dict[Name, Number | None] | None = None


def _without_attack(run: TrainedRun, fields: Callable[[TrainedRun], dict[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields(run).items() if name != "attacked" or value is not None}


@dataclass(frozen=True)
class RecipeTrainings:
    """Finished trainings of one recipe.

    recipe: all that makes a training what it is, but for the seed. key: the same as a string. plain: the key of plain
    training of the same. control: that of its method's control, where it has one.
    """

    recipe: Annotated[dict[Name, Setting | list[Setting] | RecordedContent], AfterValidator(_known_method)]
    key: RecipeKey
    plain: RecipeKey
    control: RecipeKey | None = None
    runs: Annotated[Sequence[Annotated[TrainedRun, WrapSerializer(_without_attack)]], Field(min_length=1)] = ()

    @property
    def method(self) -> str:
        return str(self.recipe["method"])

    @property
    def how(self) -> str:
        """The method; of weights from elsewhere, with which nothing was trained here, that they were added."""
        return ADDED if self.recipe.get("weights") is not None and self.recipe.get("epochs") == 0 else self.method

    @property
    def content(self) -> Content:
        """Of the images."""
        return _data_of(self.recipe).content

    @property
    def conflicting_share(self) -> float:
        """Of the training images, those with another class's value: of values drawn from all but one in as many."""
        bias = self.recipe["bias"]
        assert isinstance(bias, int | float)
        values = len(self.content.values) or 1
        return (1 - 1 / values if self.recipe["counterexamples"] == "all" else 1.0) * (1 - bias)


@dataclass(frozen=True)
class Failure:
    """A training that failed. state: what became of it. error: why."""

    run: Name
    state: Name
    error: Note


@dataclass(frozen=True, kw_only=True)
class GridResult:
    """What a grid of trainings found.

    trainings: of the grid; done, failed_count: of these; there: were done before. groups: those that are done, by
    recipe. failed: the others, by what sets them apart.
    """

    trainings: Annotated[int | None, COUNT.optional] = None
    done: Annotated[int | None, COUNT.optional] = None
    failed_count: Annotated[int | None, COUNT.optional, Key("failed")] = None
    there: Annotated[int | None, COUNT.optional] = None
    groups: Annotated[Sequence[RecipeTrainings], Field(max_length=10_000)]
    failed: dict[Name, Failure]
