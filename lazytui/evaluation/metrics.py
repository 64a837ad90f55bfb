"""The metrics of one split, from labels, attributes and predictions.

Everywhere: `labels` and `predicted` are (n,) uint8, classes; `cue_classes` is (n,) uint8, the class that a sample's
attribute value is aligned with, or NO_CLASS. A sample is aligned if label and cue class are equal, conflicting if they
differ. `attributes` is (n,) uint8, the values themselves; a (label, attribute) pair is a group, `groups` says how many
classes and values there are, and a value beyond them isn't known. Shares are in [0, 1]; a share of no samples is None,
never 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.association import contingency
from lazytui.data.content import NO_CLASS

Labels = NDArray[np.uint8]

SMALLEST_GROUP = 10
"""Groups with fewer samples are reported, not scored."""


def accuracy(labels: Labels, predicted: Labels) -> float | None:
    """Share of samples with a correct prediction."""
    return _share(predicted == labels)


def aligned_accuracy(labels: Labels, cue_classes: Labels, predicted: Labels) -> float | None:
    """Accuracy over aligned samples."""
    own = cue_classes == labels
    return _share((predicted == labels)[own])


def conflicting_accuracy(labels: Labels, cue_classes: Labels, predicted: Labels) -> float | None:
    """Accuracy over conflicting samples."""
    return _share((predicted == labels)[is_conflicting(labels, cue_classes)])


def color_follow_rate(labels: Labels, cue_classes: Labels, predicted: Labels) -> float | None:
    """Share of conflicting samples whose prediction is the label that their attribute is aligned with."""
    return _share((predicted == cue_classes)[is_conflicting(labels, cue_classes)])


def shape_bias(labels: Labels, cue_classes: Labels, predicted: Labels) -> float | None:
    """Of conflicting samples predicted by label or by attribute, the share by label (Geirhos et al. 2019)."""
    cues_differ = is_conflicting(labels, cue_classes)
    by_label = int(np.count_nonzero((predicted == labels)[cues_differ]))
    by_attribute = int(np.count_nonzero((predicted == cue_classes)[cues_differ]))
    return by_label / (by_label + by_attribute) if by_label + by_attribute else None


def is_conflicting(labels: Labels, cue_classes: Labels) -> NDArray[np.bool_]:
    """(n,) bool: which samples have an attribute that is aligned with another label."""
    return np.asarray((cue_classes != labels) & (cue_classes != NO_CLASS))


def group_accuracies(
    labels: Labels, attributes: Labels, predicted: Labels, groups: tuple[int, int]
) -> NDArray[np.float64]:
    """(classes, values) float64: accuracy by label (row) and attribute (column); NaN for groups without samples."""
    counts = contingency(labels, attributes, groups)
    right = predicted == labels
    hits = contingency(labels[right], attributes[right], groups)
    accuracies = np.full(groups, np.nan)
    np.divide(hits, counts, out=accuracies, where=counts > 0)
    return accuracies


def unbiased_accuracy(labels: Labels, attributes: Labels, predicted: Labels, groups: tuple[int, int]) -> float | None:
    """Mean accuracy over the groups; None unless every group has a sample."""
    accuracies = group_accuracies(labels, attributes, predicted, groups)
    return None if not accuracies.size or np.isnan(accuracies).any() else float(accuracies.mean())


def worst_group_accuracy(
    labels: Labels, attributes: Labels, predicted: Labels, groups: tuple[int, int]
) -> float | None:
    """The smallest accuracy of the groups with at least SMALLEST_GROUP samples (Sagawa et al. 2020)."""
    accuracies = group_accuracies(labels, attributes, predicted, groups)
    scored = accuracies[contingency(labels, attributes, groups) >= SMALLEST_GROUP]
    return float(scored.min()) if scored.size else None


def confusion_matrix(labels: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """(classes, classes) int64: samples of each label (row) by prediction (column)."""
    return contingency(labels, predicted, (classes, classes))


def calibration_error(
    labels: Labels, predicted: Labels, confidence: NDArray[np.float32], bins: int = 15
) -> float | None:
    """Expected calibration error: |accuracy - mean confidence| of equal-width bins, weighted by size (Guo et al. 2017).

    confidence: (n,) float32 in [0, 1], the probability of the prediction. A bin holds its upper edge.
    """
    if not len(labels):
        return None
    bin_of = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    right = np.bincount(bin_of, weights=predicted == labels, minlength=bins)
    confident = np.bincount(bin_of, weights=confidence.astype(np.float64), minlength=bins)
    return float(np.abs(right - confident).sum() / len(labels))


def _share(hits: NDArray[np.bool_]) -> float | None:
    return float(hits.mean()) if hits.size else None
