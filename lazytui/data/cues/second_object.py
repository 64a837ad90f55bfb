"""Which small shape stands in a corner."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, mixed

_SHAPES = ("disc", "ring", "square", "frame", "plus", "cross", "bar", "pillar", "diamond", "hourglass")
_SHARE = 0.28
"""Of the side."""

_GAP = 0.08
"""Room from the edge that a shape may move in, as a share of the side."""


def _paint(canvas: Canvas, values: Values, count: int, draw: Draw) -> Images:
    height, width = canvas.images.shape[1:3]
    size = max(5, round(_SHARE * canvas.side))
    shapes = np.stack([_shape(name, size) for name in _SHAPES[:count]])
    where = draw("place").random((len(canvas), 4))
    gap = np.floor(where[:, 2:] * (_GAP * canvas.side + 1)).astype(int)
    tops = np.where(where[:, 0] < 0.5, gap[:, 0], height - size - gap[:, 0])
    lefts = np.where(where[:, 1] < 0.5, gap[:, 1], width - size - gap[:, 1])
    cover = np.zeros((len(canvas), height, width, 1), np.float32)
    for image, value, top, left in zip(cover, values, tops, lefts, strict=True):
        image[top : top + size, left : left + size, 0] = shapes[value]
    return mixed(canvas.images, 230, cover)


def _shape(name: str, size: int) -> np.ndarray:
    """(size, size) float32, 1 where the shape is."""
    y, x = np.meshgrid(*[np.linspace(-1, 1, size)] * 2, indexing="ij")
    radius, square, third = np.hypot(x, y), np.maximum(abs(x), abs(y)), 0.36
    inside = {
        "disc": radius <= 1,
        "ring": (radius <= 1) & (radius > 0.55),
        "square": square <= 1,
        "frame": square > 0.65,
        "plus": np.minimum(abs(x), abs(y)) <= third,
        "cross": np.minimum(abs(x - y), abs(x + y)) <= 0.45,
        "bar": abs(y) <= third,
        "pillar": abs(x) <= third,
        "diamond": abs(x) + abs(y) <= 1,
        "hourglass": abs(x) <= abs(y),
    }
    return inside[name].astype(np.float32)


def _names(count: int) -> tuple[str, ...]:
    return _SHAPES[:count]


ENTRY = Cue("second-object", "a small shape in one of the corners", "second object", _names, _paint, len(_SHAPES))
