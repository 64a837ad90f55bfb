"""The direction of stripes."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, to_levels

_AMPLITUDE = 45.0
_PERIODS = 5.5
"""A side."""


def _paint(canvas: Canvas, values: Values, count: int, draw: Draw) -> Images:
    height, width = canvas.images.shape[1:3]
    angle = (np.pi * values / count)[:, None, None]
    phase = draw("phase").random(len(canvas))[:, None, None]
    down, across = np.arange(height)[:, None], np.arange(width)
    turns = _PERIODS / canvas.side * (np.cos(angle) * across + np.sin(angle) * down) + phase
    stripes = _AMPLITUDE * np.sin(2 * np.pi * turns)[..., None]
    if canvas.objects is not None:
        stripes = stripes + _AMPLITUDE  # on black
    return to_levels(canvas.images + stripes * canvas.ground)


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"stripes {round(180 * value / count)}°" for value in range(count))


ENTRY = Cue("texture", "stripes of one direction on the ground, or on everything", "texture", _names, _paint, 12)
