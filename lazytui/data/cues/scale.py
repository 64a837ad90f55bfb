"""How large the object is."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, spread
from lazytui.data.cues.shrinking import shrunk

_SMALLEST = 0.45


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    shares = spread(1, _SMALLEST, count).tolist()
    middle = (0.5, 0.5)
    return np.stack(
        [shrunk(image, shares[value], middle, canvas.empty) for image, value in zip(canvas.images, values, strict=True)]
    )


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"{round(100 * float(share))} %" for share in spread(1, _SMALLEST, count))


ENTRY = Cue("scale", "the image is made smaller, in the middle", "scale", _names, _paint, 10)
