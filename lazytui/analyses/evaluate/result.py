"""What the result of `evaluate` holds: of one network, or of two that were asked about the same images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired

from typing_extensions import TypedDict

from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.second_network_result import read_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import NO_COLOR
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.result_contents import (
    SHARE,
    Array,
    Contents,
    Count,
    Damaged,
    Metric,
    Name,
    Number,
    counts,
    images,
    indices,
    numbers,
    shares,
)
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.evaluate.params import EvaluateParams


class SplitMeasures(TypedDict):
    accuracy: Number | None
    aligned_accuracy: Number | None
    conflicting_accuracy: Number | None
    color_follow_rate: Number | None
    shape_bias: Number | None
    calibration_error: Number | None


class BySplit(TypedDict):
    easy: SplitMeasures
    hard: SplitMeasures
    probe: SplitMeasures


class Samples(TypedDict):
    easy: Count
    hard: Count
    probe: Count


class EvaluateFacts(TypedDict):
    name: NotRequired[Name]
    trained: TrainParams
    samples: Samples
    by_split: BySplit
    conflicting: Count


_METRICS = (
    "easy_accuracy",
    "hard_accuracy",
    "aligned_accuracy",
    "conflicting_accuracy",
    "unbiased_accuracy",
    "worst_group_accuracy",
    "color_follow_rate",
    "shape_bias",
)


def _metrics(_params: EvaluateParams, _facts: EvaluateFacts) -> dict[str, Metric]:
    return dict.fromkeys(_METRICS, SHARE)


def _arrays(_params: EvaluateParams, _facts: EvaluateFacts) -> dict[str, Array]:
    arrays = {
        "confusion_easy": counts(10, 10),
        "confusion_hard": counts(10, 10),
        "confusion_probe": counts(10, 10).optional,
        "cell_accuracy": shares(10, 10),
        "cell_counts": counts(10, 10),
        "cue_conflict_images": images(100),
        "cue_conflict_probabilities": shares(100, 10),
        "cell_images": images("images of the cell").optional,
    }
    for split in SPLIT_NAMES:  # results of early versions lack them
        first = f"{split}_predicted"
        arrays |= {
            first: indices(split, below=10).optional,
            f"{split}_digits": indices(split, below=10).along_with(first),
            f"{split}_colors": indices(split, below=NO_COLOR + 1).along_with(first),
            f"{split}_confidence": numbers(split).along_with(first),
        }
    return arrays


_ONE: Contents[EvaluateParams] = Contents(
    facts=EvaluateFacts, metrics=_metrics, arrays=_arrays, may_be_empty=frozenset({"images of the cell"})
)


def read(params: EvaluateParams, result: Result) -> Result:
    """Raises Damaged where the result isn't what `evaluate` makes."""
    if params.cell is not None and params.matrix.startswith(AGAINST) and AGAINST not in result.facts:
        raise Damaged("it lacks the second network")
    return read_pair(_ONE, params, result, same_shapes=True)
