"""Maps at the size of the image. Without torch, so that a saved map can be drawn anywhere."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]


def upsample(maps: Maps, height: int = 28, width: int = 28) -> Maps:
    """(n, h, w) -> (n, height, width) by bilinear interpolation between pixel centers (`align_corners=False`).

    Maps of that size are returned unchanged.
    """
    if maps.shape[1:] == (height, width):
        return maps
    rows, columns = _weights(maps.shape[1], height), _weights(maps.shape[2], width)
    return np.asarray(rows @ maps @ columns.T, dtype=np.float32)


@functools.cache
def _weights(coarse: int, fine: int) -> Maps:
    """(fine, coarse) float32: the weight of each coarse pixel in each fine one."""
    positions = np.clip((np.arange(fine) + 0.5) * coarse / fine - 0.5, 0, coarse - 1)
    return np.asarray(np.clip(1 - np.abs(positions[:, None] - np.arange(coarse)), 0, None), dtype=np.float32)
