"""Where the object stands."""

from __future__ import annotations

import math

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values
from lazytui.data.cues.shrinking import shrunk

_SHARE = 0.6


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    offsets = _offsets(count)
    return np.stack(
        [
            shrunk(image, _SHARE, offsets[value], canvas.empty)
            for image, value in zip(canvas.images, values, strict=True)
        ]
    )


def _offsets(count: int) -> list[tuple[float, float]]:
    """(down, across), 0 to 1, row by row on a grid."""
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    return [(index // across / max(1, down - 1), index % across / max(1, across - 1)) for index in range(count)]


def _names(count: int) -> tuple[str, ...]:
    across = math.ceil(math.sqrt(count))
    return tuple(f"row {index // across + 1} place {index % across + 1}" for index in range(count))


ENTRY = Cue("position", "the image is made smaller and put at one position of a grid", "position", _names, _paint, 12)
