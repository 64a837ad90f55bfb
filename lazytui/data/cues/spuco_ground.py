"""The color of some pixels of the ground in SpuCoMNIST (Joshi et al. 2023), which grades how hard they are to find."""

from __future__ import annotations

import colorsys

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values
from lazytui.data.cues.ground import outer_part

_SIDE = 28
_CORNERS = {
    "magnitude-large": (28, 28),
    "magnitude-medium": (4, 4),
    "magnitude-small": (2, 2),
    "variance-low": (7, 7),
    "variance-medium": (14, 7),
    "variance-high": (28, 7),
}
"""The upper left square that pixels lie in, and the square that there are as many of as there are colored ones: where
the two are one, all of it is colored, else pixels are drawn anew for each image. For images of 28 x 28."""


def _paint(canvas: Canvas, values: Values, count: int, draw: Draw) -> Images:
    """Where the object is nowhere; a pixel of the object stays as it is."""
    painted = canvas.images.copy()
    chosen = _pixels(canvas, draw) & _is_ground(canvas)
    colors = np.broadcast_to(hues(count)[values][:, None, None], painted.shape)
    painted[chosen] = colors[chosen]
    return painted


def _pixels(canvas: Canvas, draw: Draw) -> np.ndarray:
    """(n, h, w) bool: of each image's pixels, whatever lies there."""
    height, width = canvas.images.shape[1:3]
    square, many = (max(1, round(side * canvas.side / _SIDE)) for side in _CORNERS[canvas.level])
    down, across = (height, width) if square == canvas.side else (square, square)
    chosen = np.zeros((len(canvas), height, width), bool)
    if _CORNERS[canvas.level][0] == _CORNERS[canvas.level][1]:
        chosen[:, :down, :across] = True
        return chosen
    ranks = draw("pixels").random((len(canvas), down * across)).argsort(axis=1).argsort(axis=1)
    chosen[:, :down, :across] = (ranks < many**2).reshape(len(canvas), down, across)
    return chosen


def _is_ground(canvas: Canvas) -> np.ndarray:
    """(n, h, w) bool: where none of the object is; the outer part of an image where that isn't known."""
    if canvas.objects is None:
        return np.asarray(np.broadcast_to(outer_part(canvas)[..., 0] > 0, canvas.images.shape[:3]))
    return np.asarray(canvas.objects == 0)


def hues(count: int) -> np.ndarray:
    """(count, 3) uint8: full colors, evenly around the circle from red."""
    turned = [colorsys.hsv_to_rgb(value / count, 1, 1) for value in range(count)]
    return np.asarray(np.rint(255 * np.array(turned)), np.uint8)


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"hue {round(360 * value / count)}°" for value in range(count))


ENTRY = Cue(
    "spuco-ground",
    "pixels of the ground have one hue; levels set how many and where (Joshi 2023)",
    "ground color",
    _names,
    _paint,
    12,
    tuple(_CORNERS),
)
