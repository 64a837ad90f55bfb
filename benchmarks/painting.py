"""Painting 70,000 digits: ours, a whole split at a time, against a loop that paints one image after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.assignment import easy_colors
from lazytui.data.painting import repaint
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.sources import load_digits
from lazytui.data.streams import stream

COUNT = 70_000
PARAMS = DatasetParams(dataset="background")


def measure() -> list[Ratio]:
    """The preset `background`, colors drawn and images painted, from the same gray digits in memory."""
    drawn = load_digits("strokes", "train", 10_000)
    shapes, digits = np.tile(drawn.images, (7, 1, 1)), np.tile(drawn.labels, 7)

    def ours() -> NDArray[np.uint8]:
        colors = easy_colors(digits, PARAMS.bias, PARAMS.counterexamples, stream(0, "colors"))
        return repaint(shapes, colors, PARAMS, "train")

    name = "painting 70,000 images against a per-image loop"
    return [in_turn(name, ours, lambda: _loop(shapes, digits), asked=30, repeats=3)]


def _loop(shapes: NDArray[np.uint8], digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The usual way: a PIL image a digit, as data sets hand it out, painted in floating point."""
    generator = np.random.default_rng(0)
    colors = palette(PARAMS.palette).rgb / 255
    painted = []
    for shape, digit in zip(shapes, digits, strict=True):
        gray = np.asarray(Image.fromarray(shape), dtype=np.float32)[..., None] / 255
        worn = int(digit)
        if generator.random() >= PARAMS.bias:
            worn = (worn + int(generator.integers(1, 10))) % 10
        texture = generator.uniform(0.4, 1, size=(28, 28, 1))
        image = colors[worn] * texture * (1 - gray) + gray
        painted.append((image * 255).astype(np.uint8))
    return np.stack(painted)
