"""Which images are tested where a source doesn't say, and the order in which the first of a part are taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.random_streams import stream

TEST_SHARE = 0.2


def held_out(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(n,) bool: a fifth of each class, by a fixed seed, at least one and at most all but one image of it."""
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        few = max(1, min(round(TEST_SHARE * len(members)), len(members) - 1))
        chosen[stream(0, "test part", int(label)).permutation(members)[:few]] = True
    return chosen


def mixed_order(count: int) -> NDArray[np.intp]:
    """(count,) indices in a fixed random order, so that the first images of a part are of all classes."""
    return stream(0, "order of files").permutation(count)
