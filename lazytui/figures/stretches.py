"""A series cut at its gaps, and made short enough to draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.scales import drawable


def unbroken_stretches(
    x: NDArray[np.float64], y: NDArray[np.float64], log: bool
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The stretches of a series between its gaps: values that aren't finite, or not positive on a logarithmic axis."""
    shown = drawable(y, log) & np.isfinite(x)
    cuts = np.flatnonzero(np.diff(shown.astype(np.int8))) + 1
    pieces = np.split(np.arange(len(y)), cuts)
    return [(x[piece], y[piece]) for piece in pieces if piece.size and shown[piece[0]]]


def column_extremes(
    x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most four points a column (first, least, greatest, last), so that the cost doesn't grow with the run.

    x must not decrease for the reduction to apply; other series are returned as they are.
    """
    if len(x) <= 4 * columns or np.any(np.diff(x) < 0):
        return x, y
    column = np.clip(((x - low) / (high - low) * columns).astype(np.int64), 0, columns - 1)
    starts = np.flatnonzero(np.r_[True, np.diff(column) != 0])
    ends = np.r_[starts[1:], len(x)] - 1
    least, greatest = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    reduced = np.stack([y[starts], least, greatest, y[ends]], axis=1).ravel()
    return np.repeat(x[starts], 4), reduced
