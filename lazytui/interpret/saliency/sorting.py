"""Right or wrong, and looking at the digit or not: the four ways to answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WAYS = (
    "right for the right reason",
    "right for the wrong reason",
    "wrong though looking at the digit",
    "wrong, looking away",
    "no positive evidence",
)
"""By index; the last is where the map says nothing, so that no reason can be told."""

NO_EVIDENCE = 4

LOOKING = 0.95
"""An image's digit counts as looked at when its own mask holds more of the map than this share of other masks do.

A fixed energy or focus score would not do: what a network that reads shape reaches differs from layer to layer. This
way a map that has nothing to do with the digit passes in 5 % of images, whatever the layer.
"""


def sorted_ways(right: NDArray[np.bool_], standing: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(n,) uint8 index into WAYS. standing: (n,) see `masks.standing`; NaN where there is no evidence."""
    away = ~(standing > LOOKING)
    ways = np.where(right, 0, 2) + away
    return np.where(np.isnan(standing), NO_EVIDENCE, ways).astype(np.uint8)
