"""Exponential smoothing of a series, for display."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def smoothed(values: NDArray[np.float64], span: int) -> NDArray[np.float64]:
    """The exponential moving average (n,) of values (n,): weights (1 - a)^k, a = 2 / (span + 1), which sum to one.

    Values that aren't finite are gaps: they stay, and weigh nothing in those after them.
    """
    finite = np.isfinite(values)
    keep = 1 - 2 / (span + 1)
    sums = _decaying_sums(np.where(finite, values, 0.0), keep)
    weights = _decaying_sums(finite.astype(np.float64), keep)
    return np.where(finite, sums / np.where(finite, weights, 1.0), values)


def _decaying_sums(values: NDArray[np.float64], keep: float) -> NDArray[np.float64]:
    """s[t] = keep * s[t - 1] + values[t], by doubling the stretch that each sum reaches back."""
    sums, reach = values, 1
    while reach < len(values):
        sums = np.concatenate([sums[:reach], sums[reach:] + keep**reach * sums[:-reach]])
        reach *= 2
    return sums
