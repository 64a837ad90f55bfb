"""What `curves` keeps of each training: its name and its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.runs.results.result_contents import Count, Damaged, Name, Number, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Prefixed, read_fields, starting_with, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.curves.params import CurvesParams


@dataclass(frozen=True, eq=False)
class Points:
    """history: the curves of a training by name, (points,) float64 each, among them `step`."""

    history: Annotated[Mapping[str, NDArray[np.float64]], Prefixed("history_", numbers("points").unbounded)]


@dataclass(frozen=True)
class _Facts:
    names: tuple[Name, ...]
    samples: tuple[Count, ...]
    stages: tuple[tuple[tuple[Name, Number], ...], ...]
    content: Content | None = None


@dataclass(frozen=True, eq=False)
class CurvesResult:
    """names: of the trainings, each its own. samples: images that each point is measured on. stages: of each
    training the step at which a stage begins, with its name. content: of the first one's data; None where they
    are digits in colors."""

    names: tuple[str, ...]
    samples: tuple[int, ...]
    stages: tuple[tuple[tuple[str, float], ...], ...]
    trainings: tuple[Points, ...]
    content: Content | None = None


def write(result: CurvesResult) -> Result:
    arrays = {
        f"{number}/{name}": array
        for number, training in enumerate(result.trainings)
        for name, array in write_fields(training).arrays.items()
    }
    metrics = {"trainings": float(len(result.trainings))}
    return Result(
        metrics, write_fields(_Facts(result.names, result.samples, result.stages, result.content)).facts, arrays
    )


def read(params: CurvesParams, saved: Result) -> CurvesResult:
    """Raises Damaged where it isn't what `write` makes."""
    facts = read_fields(_Facts, saved)
    if not len(params.runs) == len(facts.names) == len(facts.samples) == len(facts.stages):
        raise Damaged("it holds other trainings than it was asked for")
    trainings = [
        read_fields(Points, starting_with(f"{number}/", Result({}, {}, saved.arrays)))
        for number in range(len(params.runs))
    ]
    if any("step" not in training.history for training in trainings):
        raise Damaged("it lacks the steps of a training")
    return CurvesResult(facts.names, facts.samples, facts.stages, tuple(trainings), facts.content)
