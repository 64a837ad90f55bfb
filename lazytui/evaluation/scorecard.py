"""All metrics of a network, from one pass over each split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lazytui.data.splits import BiasedDataset, Split
from lazytui.evaluation import metrics
from lazytui.evaluation.forward import probabilities
from lazytui.evaluation.headline_metrics import HeadlineMetrics, SplitMetrics
from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class SplitEvaluation:
    """The output for one split: probabilities, (n, classes) float32, and predicted, (n,) uint8."""

    split: Split
    probabilities: NDArray[np.float32]

    @property
    def predicted(self) -> NDArray[np.uint8]:
        return np.asarray(self.probabilities.argmax(1).astype(np.uint8))

    def metrics(self) -> SplitMetrics:
        labels, cues, predicted = self.split.labels, self.split.cue_classes, self.predicted
        return SplitMetrics(
            accuracy=metrics.accuracy(labels, predicted),
            aligned_accuracy=metrics.aligned_accuracy(labels, cues, predicted),
            conflicting_accuracy=metrics.conflicting_accuracy(labels, cues, predicted),
            color_follow_rate=metrics.color_follow_rate(labels, cues, predicted),
            shape_bias=metrics.shape_bias(labels, cues, predicted),
            calibration_error=metrics.calibration_error(labels, predicted, self.probabilities.max(1)),
        )


@dataclass(frozen=True)
class Scorecard:
    """easy: the validation split. probe: every label with every attribute equally often."""

    easy: SplitEvaluation
    hard: SplitEvaluation
    probe: SplitEvaluation

    def metrics(self) -> HeadlineMetrics:
        """Those that set label against attribute are measured on the probe split."""
        probe, predicted, groups = self.probe.split, self.probe.predicted, self.probe.split.content.groups
        easy, hard, on_probe = (evaluation.metrics() for evaluation in (self.easy, self.hard, self.probe))
        return HeadlineMetrics(
            easy_accuracy=easy.accuracy,
            hard_accuracy=hard.accuracy,
            aligned_accuracy=on_probe.aligned_accuracy,
            conflicting_accuracy=on_probe.conflicting_accuracy,
            unbiased_accuracy=metrics.unbiased_accuracy(probe.labels, probe.attributes, predicted, groups),
            worst_group_accuracy=metrics.worst_group_accuracy(probe.labels, probe.attributes, predicted, groups),
            color_follow_rate=on_probe.color_follow_rate,
            shape_bias=on_probe.shape_bias,
            easy_calibration_error=easy.calibration_error,
            hard_calibration_error=hard.calibration_error,
        )


def evaluate_split(model: nn.Module, split: Split, hardware: Hardware) -> SplitEvaluation:
    return SplitEvaluation(split, probabilities(model, split.images, hardware))


def evaluate_splits(model: nn.Module, data: BiasedDataset, hardware: Hardware) -> Scorecard:
    """One pass over the validation, the hard and the probe split."""
    return Scorecard(
        easy=evaluate_split(model, data.validation, hardware),
        hard=evaluate_split(model, data.hard, hardware),
        probe=evaluate_split(model, data.probe, hardware),
    )
