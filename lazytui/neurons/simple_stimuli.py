"""Simple stimuli: the cue alone, images in inverted colors, single strokes and loops."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import BiasedDataset
from lazytui.neurons.patching_images import cue_grid

_WIDTH = 1.6
"""Half the width of a drawn stroke, in pixels."""

_STREAM = "snippets"


def simple_stimuli(data: BiasedDataset) -> dict[str, NDArray[np.uint8]]:
    """(h, w, 3) uint8 by name: the cue of each value on black, each class with its own value in inverted colors, and
    shapes without a value. None where nothing can be repainted."""
    grid = cue_grid(data)
    if grid is None or data.editor is None:
        return {}
    content, form = data.content, data.probe.originals.shape[1:]
    names = content.value_names
    blank = np.zeros((len(names), *form), np.uint8)
    textures = data.editor.paint(blank, np.arange(len(names), dtype=np.uint8), _STREAM)
    shapes = np.stack([_in_form(draw(form[0], form[1]), form) for draw in _SHAPES.values()])
    painted = data.editor.paint(shapes, np.full(len(shapes), content.unknown, np.uint8), _STREAM)
    anti = [
        f"anti-{content.values[value]} {content.classes[label]}"
        for label, value in zip(grid.labels, grid.values, strict=True)
    ]
    images = np.concatenate([textures, 255 - grid.own, painted])
    return dict(zip([*map(texture_name, names), *anti, *_SHAPES], images, strict=True))


def texture_name(value: str) -> str:
    """What the cue of a value on black is called."""
    return f"{value} texture"


def _in_form(shape: NDArray[np.uint8], form: tuple[int, ...]) -> NDArray[np.uint8]:
    """(h, w) in gray as originals are: (h, w) or (h, w, 3)."""
    return shape if len(form) == 2 else np.repeat(shape[..., None], form[2], axis=2)


Draw = Callable[[int, int], NDArray[np.uint8]]
"""Height and width -> (h, w) uint8."""


def _stroke(x0: float, y0: float, x1: float, y1: float) -> Draw:
    """A straight stroke, antialiased; coordinates from -1 to 1."""

    def draw(height: int, width: int) -> NDArray[np.uint8]:
        x, y = _plane(height, width)
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        return _ink(np.hypot(x - x0 - along * dx, y - y0 - along * dy))

    return draw


def _loop(radius: float) -> Draw:
    """A circle around the middle."""

    def draw(height: int, width: int) -> NDArray[np.uint8]:
        x, y = _plane(height, width)
        return _ink(np.abs(np.hypot(x, y) - radius))

    return draw


def _plane(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of pixels from the middle, in halves of the shorter side."""
    half = min(height, width) / 2
    x, y = np.meshgrid((np.arange(width) - (width - 1) / 2) / half, (np.arange(height) - (height - 1) / 2) / half)
    return x, y


def _ink(distance: NDArray[np.float64]) -> NDArray[np.uint8]:
    half = min(distance.shape) / 2
    return np.asarray(np.rint(255 * np.clip(_WIDTH + 0.5 - half * distance, 0, 1)), np.uint8)


_SHAPES = {
    "vertical stroke": _stroke(0, -0.65, 0, 0.65),
    "horizontal stroke": _stroke(-0.65, 0, 0.65, 0),
    "rising stroke": _stroke(-0.5, 0.5, 0.5, -0.5),
    "falling stroke": _stroke(-0.5, -0.5, 0.5, 0.5),
    "small loop": _loop(0.3),
    "large loop": _loop(0.6),
}
