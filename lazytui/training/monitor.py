"""The curves of a training: what the network does, measured on the same few images of each split every time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lazytui.data.splits import BiasedDataset, Split
from lazytui.evaluation import metrics
from lazytui.evaluation.cue_conflict_images import answer_columns, conflicting_ten
from lazytui.evaluation.scorecard import evaluate_split
from lazytui.system.hardware import Hardware
from lazytui.training.chance_level import chance_bound


class Monitor:
    """Looks at `samples` images of the training, the easy, the hard and the probe split.

    From the probe split it takes equally many of each group, so that every one is measured. ten: one image of each
    class with the value of another one, of which it keeps what the network says.
    """

    def __init__(self, data: BiasedDataset, samples: int, hardware: Hardware) -> None:
        self._hardware = hardware
        self._train = data.train.take(np.arange(min(samples, len(data.train))))
        self._easy = data.validation.take(np.arange(min(samples, len(data.validation))))
        self._hard = data.hard.take(np.arange(min(samples, len(data.hard))))
        self._probe = data.probe.take(_few_of_each_group(data.probe, samples // max(1, math.prod(data.content.groups))))
        self.ten = conflicting_ten(data)

    @property
    def chance(self) -> float:
        """The easy accuracy up to which a network is no better than guessing."""
        return chance_bound(self._easy.labels, len(self._easy.content.classes))

    def measure(self, model: nn.Module) -> dict[str, float]:
        """Metrics by name, in [0, 1], and the columns of `conflicting_ten`; what is undefined is left out."""
        probe, predicted = self._probe, self._predict(model, self._probe)
        values = {
            "easy_accuracy": metrics.accuracy(self._easy.labels, self._predict(model, self._easy)),
            "hard_accuracy": metrics.accuracy(self._hard.labels, self._predict(model, self._hard)),
            "worst_group_accuracy": metrics.worst_group_accuracy(
                probe.labels, probe.attributes, predicted, probe.content.groups
            ),
            "shape_bias": metrics.shape_bias(probe.labels, probe.cue_classes, predicted),
            "color_follow_rate": metrics.color_follow_rate(probe.labels, probe.cue_classes, predicted),
            "train_accuracy": metrics.accuracy(self._train.labels, self._predict(model, self._train)),
        }
        of_ten = evaluate_split(model, self.ten, self._hardware).probabilities
        return {name: value for name, value in values.items() if value is not None} | answer_columns(of_ten)

    def _predict(self, model: nn.Module, split: Split) -> NDArray[np.uint8]:
        return evaluate_split(model, split, self._hardware).predicted


def _few_of_each_group(split: Split, few: int) -> NDArray[np.int64]:
    """Indices of the first `few` samples of each class with each value."""
    groups = split.labels.astype(np.int64) * (len(split.content.values) + 1) + split.attributes
    order = np.argsort(groups, kind="stable")
    first = np.searchsorted(groups[order], groups[order])
    return np.sort(order[np.arange(len(order)) - first < few])
