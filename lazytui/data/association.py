"""Association of label and attribute: contingency table, mutual information, Cramér's V, and the ceiling.

Mutual information and Cramér's V are corrected for chance (minus their mean for shuffled values) and have a bound: the
95th percentile for shuffled values. Images without a known value are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from lazytui.data import mutual_information as information
from lazytui.data.content import NO_CLASS
from lazytui.data.mutual_information import CONFIDENCE
from lazytui.data.splits import Labels

Counts = NDArray[np.int64]


def contingency(rows: Labels, columns: Labels, shape: tuple[int, int]) -> Counts:
    """How many samples each cell of a table has, of that shape, int64: of labels and attributes, or of two labels.

    Columns beyond the shape are left out: those of samples without a known value.
    """
    valid = columns < shape[1]
    cells = rows[valid].astype(np.int64) * shape[1] + columns[valid]
    return np.bincount(cells, minlength=math.prod(shape)).reshape(shape)


def mutual_information(counts: Counts) -> float | None:
    """I(label; attribute) in bits, corrected for chance, at least 0; None without images.

    0 for independent cues, up to log2(10) = 3.32 if each of ten labels has its own value (Cover and Thomas, eq. 2.28).
    """
    return max(0.0, float(information.mutual_information(counts))) if counts.any() else None


def information_bound(counts: Counts) -> float | None:
    """The 95th percentile of `mutual_information` for shuffled values, in bits; None without images."""
    return float(information.chance_bound(counts)) if counts.any() else None


def cramers_v(counts: Counts) -> float | None:
    """Cramér's V in [0, 1] over labels and values that occur, with the bias correction of Bergsma (2013).

    sqrt(phi² / (min(rows, columns) - 1)), phi² = chi² / n, each of the three corrected. None if fewer than two labels
    or two values occur, or too few images.
    """
    table = counts[counts.any(1)][:, counts.any(0)].astype(np.float64)
    if min(table.shape) < 2:
        return None
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
    return _corrected_v(float(((table - expected) ** 2 / expected).sum()), counts)


def cramers_v_bound(counts: Counts) -> float | None:
    """The 95th percentile of `cramers_v` for shuffled values; None where that is."""
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


def attribute_ceiling(train: NDArray[np.integer], split: NDArray[np.integer], aligned: Sequence[int]) -> float | None:
    """Accuracy on a split, in [0, 1], of the best classifier that sees only the attribute.

    It predicts the value's most frequent label in train; values absent from train are predicted as the class that they
    are aligned with, or that is most frequent. train, split: (classes, values) contingency tables. aligned: of each
    value its class, or NO_CLASS. None if the split has no image with a known value.
    """
    total = split.sum()
    if total == 0:
        return None
    commonest = int(train.sum(1).argmax())
    of_absent = [commonest if label == NO_CLASS else label for label in aligned]
    answers = np.where(train.any(0), train.argmax(0), of_absent)
    return float(split[answers, np.arange(len(aligned))].sum() / total)
