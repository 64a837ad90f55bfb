"""Association of digit and color: contingency table, mutual information, Cramér's V, and the color ceiling.

Mutual information and Cramér's V are corrected for chance (minus their mean for shuffled colors) and have a bound: the
95th percentile for shuffled colors. Images without a color (NO_COLOR) are left out.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from lazytui.data import mutual_information as information
from lazytui.data.mutual_information import CONFIDENCE
from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import Labels

Counts = NDArray[np.int64]


def contingency(digits: Labels, colors: Labels) -> Counts:
    """(10, 10) int64: images of each digit (row) in each color (column)."""
    colored = colors != NO_COLOR
    cells = digits[colored].astype(np.int64) * 10 + colors[colored]
    return np.bincount(cells, minlength=100).reshape(10, 10)


def mutual_information(counts: Counts) -> float | None:
    """I(digit; color) in bits, corrected for chance, at least 0; None without images.

    0 for independent cues, up to log2(10) = 3.32 if each digit has its own color (Cover and Thomas, eq. 2.28).
    """
    return max(0.0, float(information.mutual_information(counts))) if counts.any() else None


def information_bound(counts: Counts) -> float | None:
    """The 95th percentile of `mutual_information` for shuffled colors, in bits; None without images."""
    return float(information.chance_bound(counts)) if counts.any() else None


def cramers_v(counts: Counts) -> float | None:
    """Cramér's V in [0, 1] over digits and colors that occur, with the bias correction of Bergsma (2013).

    sqrt(phi² / (min(rows, columns) - 1)), phi² = chi² / n, each of the three corrected. None if fewer than two digits
    or two colors occur, or too few images.
    """
    table = counts[counts.any(1)][:, counts.any(0)].astype(np.float64)
    if min(table.shape) < 2:
        return None
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
    return _corrected_v(float(((table - expected) ** 2 / expected).sum()), counts)


def cramers_v_bound(counts: Counts) -> float | None:
    """The 95th percentile of `cramers_v` for shuffled colors; None where that is."""
    freedom = int(information.degrees_of_freedom(counts))
    return _corrected_v(float(chdtri(freedom, 1 - CONFIDENCE)), counts) if freedom else None


def _corrected_v(chi_squared: float, counts: Counts) -> float | None:
    """Cramér's V from chi² of a table like this one."""
    sides = [int(counts.any(axis).sum()) - 1 for axis in (0, 1)]
    total = int(counts.sum())
    most = min(side - side**2 / (total - 1) for side in sides)
    if most <= 0:
        return None
    return math.sqrt(min(1.0, max(0.0, chi_squared / total - math.prod(sides) / (total - 1)) / most))


def color_ceiling(train: NDArray[np.integer], split: NDArray[np.integer]) -> float | None:
    """Accuracy on a split, in [0, 1], of the best classifier that sees only the color.

    It predicts the color's most frequent digit in train; colors absent from train are predicted as their own digit.
    train, split: (10, 10) contingency tables. None if the split has no colored image.
    """
    total = split.sum()
    if total == 0:
        return None
    answers = np.where(train.any(0), train.argmax(0), np.arange(10))
    return float(split[answers, np.arange(10)].sum() / total)
