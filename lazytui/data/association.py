"""How strongly color tells the digit: contingency, mutual information, Cramér's V, and what a color reader would get.

Images without a color (NO_COLOR) are left out everywhere: they have no color to be associated with.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import Labels

Counts = NDArray[np.int64]


def contingency(digits: Labels, colors: Labels) -> Counts:
    """(10, 10) int64: images of each digit (row) in each color (column)."""
    colored = colors != NO_COLOR
    cells = digits[colored].astype(np.int64) * 10 + colors[colored]
    return np.bincount(cells, minlength=100).reshape(10, 10)


def mutual_information(counts: NDArray[np.integer]) -> float | None:
    """I(digit; color) in bits, from the joint frequencies as they are; None without any image.

    0 for independent cues, log2(10) = 3.32 when each digit has a color of its own. (Cover and Thomas, eq. 2.28.)
    """
    total = counts.sum()
    if total == 0:
        return None
    joint = counts / total
    expected = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    seen = joint > 0
    return max(0.0, float((joint[seen] * np.log2(joint[seen] / expected[seen])).sum()))


def cramers_v(counts: NDArray[np.integer]) -> float | None:
    """Cramér's V in [0, 1]: sqrt(chi² / (n (min(rows, columns) - 1))), over digits and colors that occur.

    None where fewer than two digits or two colors occur: there is nothing to associate. (Cramér 1946, p. 282.)
    """
    table = counts[counts.any(1)][:, counts.any(0)].astype(np.float64)
    if min(table.shape) < 2:
        return None
    total = table.sum()
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / total
    chi_squared = ((table - expected) ** 2 / expected).sum()
    return math.sqrt(min(1.0, float(chi_squared) / (total * (min(table.shape) - 1))))


def color_ceiling(train: NDArray[np.integer], split: NDArray[np.integer]) -> float | None:
    """Accuracy on a split, in [0, 1], of a reader that sees the color alone.

    It answers with the color's commonest digit in train; a color that train never shows is read as its own digit.
    train, split: (10, 10) contingency tables. None where the split has no colored image.
    """
    total = split.sum()
    if total == 0:
        return None
    answers = np.where(train.any(0), train.argmax(0), np.arange(10))
    return float(split[answers, np.arange(10)].sum() / total)
