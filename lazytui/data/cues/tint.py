"""A pure color that tints the whole image."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, to_levels
from lazytui.data.palettes import palette

_PALETTE = "bright"
"""Begins with red and green: of two classes each is in a channel of its own, as in Arjovsky et al. (2019)."""


def _paint(canvas: Canvas, values: Values, _count: int, _draw: Draw) -> Images:
    colors = palette(_PALETTE).rgb[values][:, None, None].astype(np.float32)
    return to_levels(canvas.images * (colors / np.float32(255)))


def _names(count: int) -> tuple[str, ...]:
    return palette(_PALETTE).names[:count]


ENTRY = Cue("tint", "the whole image is tinted in one pure color; black stays black", "color", _names, _paint, 10)
