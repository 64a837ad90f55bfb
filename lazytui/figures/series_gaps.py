"""A series cut at its gaps, and made short enough to draw."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.axis_scales import drawable


def unbroken_stretches(
    x: NDArray[np.float64], y: NDArray[np.float64], log: bool
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The stretches of a series between its gaps: values that aren't finite, or not positive on a logarithmic axis."""
    shown = drawable(y, log) & np.isfinite(x)
    bounds = [0, *(np.flatnonzero(np.diff(shown)) + 1).tolist(), len(y)]
    return [(x[start:end], y[start:end]) for start, end in pairwise(bounds) if start < end and shown[start]]


def column_extremes(
    x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most four points (first, least, greatest, last) a column and beyond each end, however many there are.

    NaN in y is a gap, and stays one where it is the first or the last of a column. x must not decrease for the
    reduction to apply; other series are returned as they are.
    """
    if len(x) <= 4 * columns or not np.all(np.diff(x) >= 0):
        return x, y
    column = np.clip((x - low) / (high - low) * columns, 0, columns - 1).astype(np.int64)
    column[x < low], column[x > high] = -1, columns
    starts = np.flatnonzero(np.r_[True, np.diff(column) != 0])
    ends = np.r_[starts[1:], len(x)] - 1
    least, greatest = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    reduced = np.stack([y[starts], least, greatest, y[ends]], axis=1).ravel()
    return np.repeat(x[starts], 4), reduced
