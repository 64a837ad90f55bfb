"""From pen positions to 28x28 gray images, by MNIST's conventions."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Float = NDArray[np.float64]

SIDE = 28
BOX = 20
_GRID = 2.0**12


def rasterize(points: Float, radius: Float, ink: Float, edge: Float) -> NDArray[np.uint8]:
    """Draw n digits as MNIST has them: (n, 28, 28) uint8, white on black.

    The digit fills a 20x20 box, keeping its aspect ratio, and is moved by whole pixels until its center of mass lies
    at the center of the 28x28 image (LeCun et al. 1998, section III.A).

    points: (n, p, 2), pen positions (x, y) in any unit, y downward.
    radius: (n, p), half the stroke's width there, in pixels. ink: (n, p), how white it is there, 0 to 1.
    edge: (n,), the width of the antialiased border in pixels.
    """
    points, radius = _fit(points, radius)
    return _center(_stamp(points, radius, ink, edge))


def _fit(points: Float, radius: Float) -> tuple[Float, Float]:
    """Scale and move the digits so that their inked box fits BOX pixels: a pen's width doesn't grow with the digit."""
    room = BOX - 2 * radius.max(1)
    extent = np.ptp(points, axis=1).max(1)
    points = points * (room / extent)[:, None, None]
    low = (points - radius[..., None]).min(1)
    high = (points + radius[..., None]).max(1)
    scale = BOX / (high - low).max(1)
    margin = (BOX - scale[:, None] * (high - low)) / 2
    points = (points - low[:, None]) * scale[:, None, None] + margin[:, None]
    return points, radius * scale[:, None]


def _stamp(points: Float, radius: Float, ink: Float, edge: Float) -> NDArray[np.uint8]:
    """The brightest of the pen's round stamps at every pixel of the box: (n, BOX, BOX) uint8.

    What comes in is rounded to a coarse binary grid, and from there on only operations with one correct result are
    used (+ - * sqrt min max). So the bytes don't depend on a machine's math library. Of the box only a window around
    the pen is looked at, as far as its ink can reach.
    """
    n, count, _ = points.shape
    points32 = _exact(points)
    slope = _exact(1 / edge)[:, None, None]
    reach = _exact(radius / edge[:, None] + 0.5).T[:, :, None, None]
    ink32 = _exact(ink).T[:, :, None, None]
    farthest = float((reach / slope).max()) + 0.01
    side = min(BOX, math.ceil(2 * farthest) + 1)
    first = np.clip(np.floor(points32 - farthest), 0, BOX - side).astype(np.intp)
    pixel = (first[..., None] + np.arange(side) + 0.5).astype(np.float32)
    across, down = ((points32[..., None] - pixel) ** 2).transpose(2, 1, 0, 3)
    columns, rows = first.transpose(2, 1, 0)

    gray = np.zeros((n, BOX, BOX), dtype=np.float32)
    windows = sliding_window_view(gray, (side, side), axis=(1, 2), writeable=True)
    stamp = np.empty((n, side, side), dtype=np.float32)
    for i in range(count):
        np.add(across[i, :, None, :], down[i, :, :, None], out=stamp)
        np.sqrt(stamp, out=stamp)
        np.multiply(stamp, slope, out=stamp)
        np.subtract(reach[i], stamp, out=stamp)
        np.minimum(stamp, 1, out=stamp)
        np.multiply(stamp, ink32[i], out=stamp)
        window = np.arange(n), rows[i], columns[i]
        windows[window] = np.maximum(windows[window], stamp, out=stamp)
    return np.rint(gray * 255).astype(np.uint8)


def _exact(values: Float) -> NDArray[np.float32]:
    return (np.rint(values * _GRID) / _GRID).astype(np.float32)


def _center(boxes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put the boxes into black SIDE x SIDE images, their center of mass as near the center as whole pixels allow."""
    n = len(boxes)
    mass = boxes.sum((1, 2), dtype=np.int64)
    position = np.arange(BOX)
    across = boxes.sum(1, dtype=np.int64) @ position / mass + 0.5
    down = boxes.sum(2, dtype=np.int64) @ position / mass + 0.5
    left, top = (np.clip(np.rint((SIDE + 1) / 2 - center), 0, SIDE - BOX).astype(int) for center in (across, down))
    images = np.zeros((n, SIDE, SIDE), dtype=np.uint8)
    rows = (top[:, None] + position)[:, :, None]
    columns = (left[:, None] + position)[:, None, :]
    images[np.arange(n)[:, None, None], rows, columns] = boxes
    return images
