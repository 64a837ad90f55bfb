"""Maps at the size of the image, without torch, so that a kept map can be drawn anywhere."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]


def upsample(maps: Maps, size: int = 28) -> Maps:
    """(n, h, w) -> (n, size, size) by bilinear interpolation between the centers of the pixels (`align_corners=False`).

    Maps that have the size already are returned as they are.
    """
    if maps.shape[1:] == (size, size):
        return maps
    rows, columns = _weights(maps.shape[1], size), _weights(maps.shape[2], size)
    return np.asarray(rows @ maps @ columns.T, dtype=np.float32)


@functools.cache
def _weights(coarse: int, fine: int) -> Maps:
    """(fine, coarse): how much each coarse pixel counts in each fine one."""
    positions = np.clip((np.arange(fine) + 0.5) * coarse / fine - 0.5, 0, coarse - 1)
    return np.asarray(np.clip(1 - np.abs(positions[:, None] - np.arange(coarse)), 0, None), dtype=np.float32)
