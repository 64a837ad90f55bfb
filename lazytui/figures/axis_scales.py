"""Limits and ticks of axes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.kinds import Bars, Lines


def nice_ticks(low: float, high: float, about: int) -> list[float]:
    """Round values (1, 2, 2.5 or 5 times a power of ten apart) within [low, high], at most `about` + 1 of them.

    Two or more if possible: a single tick doesn't show the scale.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [factor * power for factor in (0.5, 1, 2, 2.5, 5, 10, 20)]
    coarse = next(index for index, step in enumerate(steps) if step >= rough * (1 - 1e-9))
    for step in steps[coarse::-1]:
        ticks = _multiples(step, low, high)
        if 2 <= len(ticks) <= about + 1:
            return ticks
    return _multiples(steps[coarse], low, high) or [low, high]


def _multiples(step: float, low: float, high: float) -> list[float]:
    """Of the step, within [low, high]."""
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def log_ticks(low: float, high: float, about: int) -> list[float]:
    """Powers of ten within [low, high], with their doubles and fivefolds where few powers lie there."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for stride in range(max(1, math.ceil((last - first) / max(about, 1))), 0, -1):
        powers = [10.0**exponent for exponent in range(first, last + 1) if exponent % stride == 0]
        ticks = [tick for tick in powers if low <= tick * (1 + 1e-9) and tick <= high * (1 + 1e-9)]
        if len(ticks) >= 2:
            return ticks
    finer = [factor * 10.0**exponent for exponent in range(first, last + 1) for factor in (1, 2, 5)]
    return [tick for tick in finer if low <= tick <= high] or [low, high]


def is_drawable(values: NDArray[np.float64], log: bool) -> NDArray[np.bool_]:
    """Which values an axis can show: finite ones, positive ones if it is logarithmic. The others are gaps."""
    finite = np.isfinite(values)
    return np.asarray(finite & (values > 0) if log else finite)


def x_limits(figure: Lines) -> tuple[float, float]:
    """The ends of the x axis: from 0 where all points have the same x, 0 to 1 when that is 0 or no series has one."""
    low, high = _span([series.x[np.isfinite(series.x)] for series in figure.series])
    return (low, high) if high > low else (min(low, 0.0), max(high, 0.0) or float(low == 0))


def y_limits(figure: Lines) -> tuple[float, float]:
    """The ends of the y axis: those asked for, else the data's and the references' own."""
    values = [series.y[is_drawable(series.y, figure.log_y)] for series in figure.series]
    references = np.array([reference.value for reference in figure.references], dtype=np.float64)
    low, high = _span([*values, references[is_drawable(references, figure.log_y)]], start=1.0 if figure.log_y else 0.0)
    if figure.low is not None and math.isfinite(figure.low) and not (figure.log_y and figure.low <= 0):
        low = figure.low
    if figure.high is not None and math.isfinite(figure.high) and not (figure.log_y and figure.high <= 0):
        high = figure.high
    return _widen(low, high, log=figure.log_y)


def bar_limits(figure: Bars) -> tuple[float, float]:
    """The ends of the value axis of bars: from `low`, or lower where a value is, to `high` or the highest mark."""
    parts = [np.asarray(figure.values, dtype=np.float64)]
    if figure.intervals is not None:
        parts.append(np.asarray(figure.intervals, dtype=np.float64).ravel())
    parts.append(np.array([reference.value for reference in figure.references], dtype=np.float64))
    values = np.concatenate(parts)
    finite = values[np.isfinite(values)]
    low = float(finite.min(initial=figure.low))
    high = figure.high if figure.high is not None else float(finite.max(initial=low))
    return _widen(low, high, log=False)


def _span(parts: list[NDArray[np.float64]], start: float = 0.0) -> tuple[float, float]:
    values = np.concatenate(parts) if parts else np.empty(0)
    return (float(values.min()), float(values.max())) if values.size else (start, start + 1)


def _widen(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """An axis has a length, even when all its values are the same."""
    if high > low:
        return low, high
    if log:
        return low / 2, low * 2
    return low - (abs(low) * 0.1 or 0.5), low + (abs(low) * 0.1 or 0.5)
