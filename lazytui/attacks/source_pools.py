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
    """The first `count` test digits of class `source`, painted anew.

    aligned: in the source's own color. neutral: in each of the ten colors in turn. target-colored: in the target's.
    Raises BadInput where the test split has fewer.
    """
    shapes = data.hard.shapes[data.hard.digits == source]
    if len(shapes) < count:
        raise BadInput(
            f"There are {len(shapes)} test images of the {source}, and {count} are asked for: fewer sources."
        )
    colors = {
        "aligned": np.full(count, source, np.uint8),
        "neutral": (np.arange(count) % 10).astype(np.uint8),
        "target-colored": np.full(count, target, np.uint8),
    }[name]
    images = repaint(shapes[:count], colors, data.params, _STREAM)
    return Split(images, np.full(count, source, np.uint8), colors, shapes[:count])
