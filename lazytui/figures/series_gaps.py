"""A series cut at its gaps, and made short enough to draw."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.axis_scales import is_drawable


def unbroken_stretches(
    x: NDArray[np.float64], y: NDArray[np.float64], log: bool
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The stretches of a series between its gaps: values that aren't finite, or not positive on a logarithmic axis."""
    is_shown = is_drawable(y, log) & np.isfinite(x)
    bounds = [0, *(np.flatnonzero(np.diff(is_shown)) + 1).tolist(), len(y)]
    return [(x[start:end], y[start:end]) for start, end in pairwise(bounds) if start < end and is_shown[start]]


def column_extremes(
    x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the greatest point that a series has in each column from `low` to `high`, in their order.

    A series that comes back to a column has these points again. NaN in y is a gap, and stays one where it is the first
    or the last of a column. Of what lies beyond an end, the points next to it are kept too: a line leads to them.
    """
    if len(x) <= 2 * columns:
        return x, y
    column = np.floor(np.clip((x - low) / (high - low) * columns, -1, columns))
    column[x == high] = columns - 1
    starts = np.flatnonzero(np.r_[True, np.diff(column) != 0])
    ends = np.r_[starts[1:], len(x)] - 1
    edges = np.concatenate([starts, ends])
    kept = [edges[np.isnan(y[edges]) | (column[edges] < 0) | (column[edges] == columns)]]
    for extreme in (np.fmin, np.fmax):
        is_extreme = y == np.repeat(extreme.reduceat(y, starts), ends - starts + 1)
        kept.append(np.minimum.reduceat(np.where(is_extreme, np.arange(len(y)), len(y)), starts))
    indices = np.unique(np.concatenate(kept))
    indices = indices[indices < len(y)]  # a column of gaps only has no extreme
    return x[indices], y[indices]
