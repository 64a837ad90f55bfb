"""The color of a frame."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values
from lazytui.data.cues.cue_colors import MOST_COLORS, color_levels, color_names


def _paint(canvas: Canvas, values: Values, _count: int, _draw: Draw) -> Images:
    framed = np.broadcast_to(color_levels()[values].astype(np.uint8), canvas.images.shape).copy()
    width = max(1, canvas.side // 14)
    inside = (slice(None), slice(width, -width), slice(width, -width))
    framed[inside] = canvas.images[inside]
    return framed


ENTRY = Cue("border", "a thin colored frame", "border color", color_names, _paint, MOST_COLORS)
