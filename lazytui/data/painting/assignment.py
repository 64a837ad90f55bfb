"""Which digit gets which color: the shortcut itself."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.palettes import NO_COLOR
from lazytui.data.params import Counterexamples, HardSplit

Labels = NDArray[np.uint8]


def easy_colors(digits: Labels, bias: float, counterexamples: Counterexamples, generator: Generator) -> Labels:
    """Colors (n,) uint8: with probability `bias` the digit's own, otherwise a counterexample's.

    Counterexamples are drawn without replacement, so that their share is exact in every split, up to rounding. Their
    colors are uniform over the nine others, or over all ten: then the aligned share is about bias + (1 - bias) / 10.
    """
    own = generator.permutation(len(digits)) < round(bias * len(digits))
    which = generator.random(len(digits))
    counterexample_colors = _other_color(digits, which) if counterexamples == "others" else _any_color(which)
    return np.where(own, digits, counterexample_colors)


def hard_colors(digits: Labels, hard: HardSplit, generator: Generator) -> Labels:
    """Colors (n,) uint8 of a hard split, other than `factorial`, which also selects digits."""
    which = generator.random(len(digits))
    if hard == "inverted":
        return _other_color(digits, which)
    if hard == "random":
        return _any_color(which)
    if hard == "cycled":
        return (digits + 1).astype(np.uint8) % 10
    if hard == "gray":
        return np.full(len(digits), NO_COLOR, np.uint8)
    raise ValueError(f"The hard split {hard} is not an assignment of colors.")


def factorial_design(digits: Labels) -> tuple[NDArray[np.intp], Labels]:
    """Every digit in every color equally often: indices into `digits`, and their colors, (100 k,) each.

    Each hundred in a row holds each of the 100 groups once. k is the largest with which every image is used at most
    once; a digit with fewer than ten images repeats them in other colors. Each digit must occur.
    """
    k = max(1, int(np.bincount(digits, minlength=10).min()) // 10)
    rows = [np.resize(np.flatnonzero(digits == digit), (k, 10)) for digit in range(10)]
    return np.stack(rows, axis=1).reshape(-1), np.tile(np.arange(10, dtype=np.uint8), 10 * k)


def _other_color(digits: Labels, which: NDArray[np.float64]) -> Labels:
    """One of the nine other colors; which: (n,) in [0, 1)."""
    return ((digits + 1 + np.floor(9 * which)) % 10).astype(np.uint8)


def _any_color(which: NDArray[np.float64]) -> Labels:
    return np.floor(10 * which).astype(np.uint8)
