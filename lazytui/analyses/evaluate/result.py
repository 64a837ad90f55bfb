"""What `evaluate` finds: of one network, or of two that were asked about the same images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.core.metric_counts import metric_shares
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.network_pair_result import NetworkPair, join_saved, read_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.evaluation.headline_metrics import HeadlineMetrics, SplitMetrics, SplitSizes
from lazytui.evaluation.predictions import SPLIT_NAMES, Predictions
from lazytui.figures.kinds import Share
from lazytui.runs.results.result_contents import Count, Damaged, Name, counts, images, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, metrics_of, read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.evaluate.params import EvaluateParams


@dataclass(frozen=True)
class MetricsBySplit:
    easy: SplitMetrics
    hard: SplitMetrics
    probe: SplitMetrics


@dataclass(frozen=True, kw_only=True)
class NetworkEvaluation:
    """What one network says of the data.

    name: what it is called. trained: the parameters of its training, with the data that were asked for here.
    samples: images of each split. conflicting: images of the probe split whose value belongs to another class.
    easy, hard, probe: the predictions; None in results of early versions.
    confusion_...: images by label (row) and prediction (column). cell_accuracy: in [0, 1], by label (row) and attribute
    (column), NaN without an image; cell_counts: of so many. cue_conflict_...: an image of each class with each value,
    class by class, with the probability of each class; None where nothing can be repainted. cell_images: those behind
    the cell that was asked for, of whichever network, or some of them.
    """

    headline: Annotated[HeadlineMetrics, Part()]
    name: Name | None = None
    trained: TrainParams
    samples: SplitSizes
    by_split: MetricsBySplit
    conflicting: Count
    easy: Annotated[Predictions | None, Part("easy_")] = None
    hard: Annotated[Predictions | None, Part("hard_")] = None
    probe: Annotated[Predictions | None, Part("probe_")] = None
    confusion_easy: Annotated[NDArray[np.int64], counts("classes", "classes")]
    confusion_hard: Annotated[NDArray[np.int64], counts("classes", "classes")]
    confusion_probe: Annotated[NDArray[np.int64] | None, counts("classes", "classes").optional] = None
    cell_accuracy: Annotated[NDArray[np.float64], shares("classes", "values")]
    cell_counts: Annotated[NDArray[np.int64], counts("classes", "values")]
    cue_conflict_images: Annotated[NDArray[np.uint8] | None, images("shown groups").optional] = None
    cue_conflict_probabilities: Annotated[NDArray[np.float32] | None, shares("shown groups", "classes").optional] = None
    cell_images: Annotated[NDArray[np.uint8] | None, images("images of the cell").optional] = None

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables have them."""
        return metrics_of(self)

    def counted_shares(self, *names: str) -> tuple[Share, ...]:
        """The counts behind its metrics, or behind some of them."""
        by_color = {"conflicting": self.conflicting, "aligned": self.samples.probe - self.conflicting}
        metrics = {name: self.metrics.get(name) for name in names} if names else self.metrics
        return metric_shares(metrics, {**vars(self.samples), **by_color}, self.trained.content)

    def predictions(self, split: str) -> Predictions | None:
        """split: easy, hard or probe."""
        predictions: Predictions | None = getattr(self, split)
        return predictions


EvaluateResult = NetworkPair[NetworkEvaluation]


def write(result: EvaluateResult) -> Result:
    first, second = write_fields(result.first), write_fields(result.second) if result.second else None
    same = [name for name, array in first.arrays.items() if second and _is_same(array, second.arrays.get(name))]
    return join_saved(first, second, same)


def _is_same(one: NDArray[np.generic], other: NDArray[np.generic] | None) -> bool:
    return other is not None and np.array_equal(one, other, equal_nan=True)


def read(params: EvaluateParams, saved: Result) -> EvaluateResult:
    """Raises Damaged where it isn't what `write` makes."""
    result = read_pair(saved, _read_network)
    if params.cell is not None and params.matrix.startswith(AGAINST) and result.second is None:
        raise Damaged("it lacks the second network")
    for split in SPLIT_NAMES if result.second else ():
        each = (network and network.predictions(split) for network in (result.first, result.second))
        if len({len(predictions.labels) for predictions in each if predictions}) > 1:
            raise Damaged(f"its {split} images aren't as many for the second network")
    return result


def _read_network(saved: Result) -> NetworkEvaluation:
    return read_fields(
        NetworkEvaluation,
        saved,
        content_sizes(saved, "trained"),
        may_be_empty=frozenset({"images of the cell", "values"}),
    )
