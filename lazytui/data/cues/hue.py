"""The hue of a tint that leaves luminance as it is."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, to_levels

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in luminance (ITU-R BT.601)."""

_CONTRAST = 0.5
_CHROMA = 60.0
"""Levels of tint: luminance is brought to 64 to 191, so that nothing is cut off and hues differ in nothing else."""


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    luminance = 127.5 + _CONTRAST * (canvas.images @ LUMA - 127.5)
    return to_levels(luminance[..., None] + _tints(count)[values][:, None, None])


def _tints(count: int) -> np.ndarray:
    """(count, 3) float32: directions around the gray axis, evenly, none of which changes luminance."""
    first = np.array([1, 0, -LUMA[0] / LUMA[2]])
    second = np.cross(LUMA, first)
    first, second = (axis / np.linalg.norm(axis) for axis in (first, second))
    turn = 2 * np.pi * np.arange(count)[:, None] / count
    tints = np.cos(turn) * first + np.sin(turn) * second
    return np.asarray(_CHROMA * tints / np.abs(tints).max(1, keepdims=True), np.float32)


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"hue {round(360 * value / count)}°" for value in range(count))


ENTRY = Cue("hue", "a tint of one hue, of equal luminance", "hue", _names, _paint, 12)
