"""The color of an image, detected from its pixels, for data without a generator that knows it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painting.painter import repaint
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams

FRAME = 3
"""How many pixels from an edge inwards are ground: digits keep four clear of it."""

STROKE_PIXELS = 32
"""How many pixels of an image count as its stroke: those that differ most from its ground. Thin digits have 40."""

_BLANK = 20
"""Images without a digit that are painted in each color, to see how dark textures make it."""

_CHUNK = 4096


def detect_colors(images: NDArray[np.uint8], params: DatasetParams) -> NDArray[np.uint8]:
    """(n,) uint8, 0 to 9: the palette's color that is nearest, in RGB, to the mean color of what carries the color.

    images: (n, 28, 28, 3) uint8. params: the palette, what carries the color, and the textures, by which the colors of
    grounds are darker than the palette's. Reads neither labels nor masks.
    """
    on_stroke = params.placement == "stroke"
    mean_color = _stroke if on_stroke else _ground
    colors = palette(params.palette).rgb.astype(np.float32) if on_stroke else _textured_grounds(params)
    parts = [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
    return np.concatenate([_nearest(mean_color(part.astype(np.float32)), colors) for part in parts])


def _textured_grounds(params: DatasetParams) -> NDArray[np.float32]:
    """(10, 3): the mean color of grounds in each of the palette's colors."""
    blank = np.zeros((10 * _BLANK, 28, 28), np.uint8)
    grounds = repaint(blank, np.arange(10, dtype=np.uint8).repeat(_BLANK), params, "blank grounds")
    mean: NDArray[np.float32] = _ground(grounds.astype(np.float32)).reshape(10, _BLANK, 3).mean(1)
    return mean


def _ground(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3): the mean color of the frame."""
    framed = np.ones(images.shape[1:3], bool)
    framed[FRAME:-FRAME, FRAME:-FRAME] = False
    mean: NDArray[np.float32] = images[:, framed].mean(1)
    return mean


def _stroke(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3): the mean color of the pixels that differ most from the ground."""
    pixels = images.reshape(len(images), -1, 3)
    distance = np.abs(pixels - _ground(images)[:, None]).max(2)
    strongest = np.argpartition(distance, -STROKE_PIXELS, axis=1)[:, -STROKE_PIXELS:]
    mean: NDArray[np.float32] = np.take_along_axis(pixels, strongest[:, :, None], 1).mean(1)
    return mean


def _nearest(means: NDArray[np.float32], colors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(n,): which of the colors, (10, 3), is nearest to each mean, (n, 3)."""
    nearest: NDArray[np.int64] = ((means[:, None] - colors) ** 2).sum(2).argmin(1)
    return nearest.astype(np.uint8)
