"""Which images are attacked: the same digits, in their own color, in every color, and in the color of the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np

from lazytui.data.splits import BiasedDataset, Split, join
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
    shapes = data.hard.originals[data.hard.labels == source][:count]
    if not len(shapes):
        raise BadInput(f"The test split has no image of a {source} to attack: choose another source class.")
    size = len(shapes)
    colors = {
        "aligned": np.full(size, source, np.uint8),
        "neutral": (np.arange(size) % 10).astype(np.uint8),
        "target-colored": np.full(size, target, np.uint8),
    }[name]
    assert data.editor is not None
    images = data.editor.paint(shapes, colors, _STREAM)
    return Split(images, np.full(size, source, np.uint8), colors, shapes, data.content)


def mixed_pool(data: BiasedDataset, name: Pool, sources: Sequence[int], target: int, count: int) -> Split:
    """The pools of several classes in one, the classes in turn: its first sources are of every class."""
    pools = [source_pool(data, name, source, target, count) for source in sources]
    turns = np.concatenate([np.arange(len(pool)) for pool in pools])
    return join(pools).take(np.argsort(turns, kind="stable"))


def scarcity(there: Mapping[int, int], asked: int) -> str:
    """What is to be said where a class has fewer images than were asked for; empty where none has.

    there: images of each class.
    """
    source, count = min(there.items(), key=lambda found: found[1])
    if count >= asked:
        return ""
    if len(there) == 1:
        return f"The test split has {count} of the {asked} images of a {source} that were asked for: all are attacked."
    return (
        f"The test split has fewer than the {asked} images of each class that were asked for, such as {count} of a "
        f"{source}: all that there are of a class are attacked, up to {asked}."
    )
