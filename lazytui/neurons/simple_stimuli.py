"""Simple stimuli: bare textures, digits in inverted colors, single strokes and loops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.painting.painter import repaint
from lazytui.data.palettes import NO_COLOR, palette
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset

_WIDTH = 1.6
"""Half the width of a drawn stroke, in pixels."""


def simple_stimuli(data: BiasedDataset) -> NDArray[np.uint8]:
    """(n, 28, 28, 3) uint8: bare textures of the data set, digits in inverted colors, and shapes without a color."""
    blank = np.zeros((NO_COLOR + 1, 28, 28), np.uint8)
    textures = repaint(blank, np.arange(NO_COLOR + 1, dtype=np.uint8), data.params, "snippets")
    own = data.cue_conflict.images[::11]
    shapes = np.stack(list(_SHAPES.values()))
    painted_shapes = repaint(shapes, np.full(len(shapes), NO_COLOR, np.uint8), data.params, "snippets")
    return np.concatenate([textures, 255 - own, painted_shapes])


def stimulus_names(params: DatasetParams) -> tuple[str, ...]:
    """A name for each of `simple_stimuli`."""
    names = palette(params.palette).names
    textures = (f"{name} texture" for name in (*names, "gray"))
    return (*textures, *(f"anti-{name} {digit}" for digit, name in enumerate(names)), *_SHAPES)


def _stroke(x0: float, y0: float, x1: float, y1: float) -> NDArray[np.uint8]:
    """(28, 28) uint8: a straight stroke, antialiased; coordinates from -1 to 1."""
    x, y = _plane()
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
    return _ink(np.hypot(x - x0 - along * dx, y - y0 - along * dy))


def _loop(radius: float) -> NDArray[np.uint8]:
    """(28, 28) uint8: a circle around the middle."""
    x, y = _plane()
    return _ink(np.abs(np.hypot(x, y) - radius))


def _plane() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    line = (np.arange(28) - 13.5) / 14
    x, y = np.meshgrid(line, line)
    return x, y


def _ink(distance: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(255 * np.clip(_WIDTH + 0.5 - 14 * distance, 0, 1)), np.uint8)


_SHAPES = {
    "vertical stroke": _stroke(0, -0.65, 0, 0.65),
    "horizontal stroke": _stroke(-0.65, 0, 0.65, 0),
    "rising stroke": _stroke(-0.5, 0.5, 0.5, -0.5),
    "falling stroke": _stroke(-0.5, -0.5, 0.5, 0.5),
    "small loop": _loop(0.3),
    "large loop": _loop(0.6),
}
