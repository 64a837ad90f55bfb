"""Which images are attacked: the same digits, in their own color, in every color, and in the color of the target."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from lazytui.data.painting import repaint
from lazytui.data.splits import BiasedDataset, Split
from lazytui.errors import BadInput

Pool = Literal["aligned", "neutral", "target-colored"]
POOLS: tuple[Pool, ...] = get_args(Pool)

_STREAM = "attack"
"""The randomness of the textures: a digit has the same texture in every pool."""


def source_pool(data: BiasedDataset, name: Pool, source: int, target: int, count: int) -> Split:
    """The first `count` test digits of class `source`, or as many as there are, painted anew.

    aligned: in the source's own color. neutral: in each of the ten colors in turn. target-colored: in the target's.
    Raises BadInput where the test split has none.
    """
    shapes = data.hard.shapes[data.hard.digits == source][:count]
    if not len(shapes):
        raise BadInput(f"The test split has no image of a {source} to attack: choose another source class.")
    size = len(shapes)
    colors = {
        "aligned": np.full(size, source, np.uint8),
        "neutral": (np.arange(size) % 10).astype(np.uint8),
        "target-colored": np.full(size, target, np.uint8),
    }[name]
    images = repaint(shapes, colors, data.params, _STREAM)
    return Split(images, np.full(size, source, np.uint8), colors, shapes)


def scarcity(there: int, asked: int, source: int) -> str:
    """What is to be said where a pool is smaller than was asked for; empty where it isn't."""
    if there >= asked:
        return ""
    return f"The test split has {there} of the {asked} images of a {source} that were asked for: all are attacked."
