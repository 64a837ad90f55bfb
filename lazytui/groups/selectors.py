"""Selectors: what a network can be chosen by without labels of the shortcut, measured on biased, held-out images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.groups.inferred import Labels

SELECTORS = {
    "accuracy": "Accuracy on held-out images of the same bias, the usual choice.",
    "worst class": "The lowest accuracy of a class (Yang 2023); blind where every class is biased alike.",
    "worst environment": "The lower accuracy of two environments in which a plain network is least invariant (EIIL).",
    "worst group": "The lower accuracy of images that agree with a property and of those that contradict it.",
    "worst swap": "Held-out accuracy less the largest loss when a property comes from an image of another class.",
    "last": "The last step of the training.",
}
"""By name, with a line on each."""

PREFERRED = ("worst swap", "worst group", "worst environment")
"""The first that is defined decides."""

_FEWEST = 10
"""Images that a class, an environment or a group must have."""


def worst_class(labels: Labels, predicted: Labels) -> float:
    """The lowest accuracy of a class with at least ten images; NaN without one. labels, predicted: (n,)."""
    return _lowest(labels, predicted == labels)


def worse_half(labels: Labels, predicted: Labels, second: NDArray[np.bool_]) -> float:
    """The lower accuracy of two parts with at least ten images each; NaN otherwise. second: (n,), which part."""
    sizes = np.bincount(second.astype(np.int64), minlength=2)
    return _lowest(second.astype(np.uint8), predicted == labels) if sizes.min() >= _FEWEST else float("nan")


def _lowest(parts: Labels, right: NDArray[np.bool_]) -> float:
    counts = np.bincount(parts)
    kept = counts >= _FEWEST
    return float((np.bincount(parts, right)[kept] / counts[kept]).min()) if kept.any() else float("nan")


def rank_correlation(values: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Spearman's, of the candidates for which both are defined; NaN where either is the same for all."""
    from scipy.stats import spearmanr

    defined = np.isfinite(values) & np.isfinite(truth)
    if defined.sum() < 3 or np.ptp(values[defined]) == 0 or np.ptp(truth[defined]) == 0:
        return float("nan")
    return float(spearmanr(values[defined], truth[defined]).statistic)
