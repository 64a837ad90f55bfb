"""The color of the ground."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, mixed
from lazytui.data.cues.cue_colors import MOST_COLORS, color_levels, color_names

_STRENGTH = 0.6


def _paint(canvas: Canvas, values: Values, _count: int, _draw: Draw) -> Images:
    ground = outer_part(canvas) if canvas.objects is None else canvas.ground
    return mixed(canvas.images, color_levels()[values], _STRENGTH * np.asarray(ground))


def outer_part(canvas: Canvas) -> np.ndarray:
    """(h, w, 1) float32: 1 in the outer sixth of an image on each side, where objects aren't known."""
    outer = np.ones((*canvas.images.shape[1:3], 1), np.float32)
    width = max(1, canvas.side // 6)
    outer[width:-width, width:-width] = 0
    return outer


ENTRY = Cue(
    "ground",
    "the ground is tinted, or the outer part of photographs whose objects aren't known",
    "ground color",
    color_names,
    _paint,
    MOST_COLORS,
)
