"""Which images are attacked: of one class, with its own value of the attribute, with every value, and with the value of
the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lazytui.counted_nouns import with_article
from lazytui.data.content import Content
from lazytui.data.splits import BiasedDataset, Split, join
from lazytui.errors import BadInput

Pool = Literal["aligned", "neutral", "target-colored"]
POOLS: tuple[Pool, ...] = get_args(Pool)

_STREAM = "attack"
"""The randomness of the textures: an image has the same texture in every pool."""


def source_pool(data: BiasedDataset, name: Pool, source: int, target: int, count: int) -> Split:
    """The first `count` test images of class `source`, or as many as there are.

    aligned: with the source's own value. neutral: with each value in turn. target-colored: with the target's. Where
    nothing can be repainted, those of the test images that have such a value; neutral are all of them. Raises BadInput
    where there is none.
    """
    if data.editor is None:
        chosen = _test_images(data, name, source, target)[:count]
        if not len(chosen):
            raise BadInput(_none_there(data.content, name, source))
        return data.whole_test.take(chosen)
    originals = data.hard.originals[data.hard.labels == source][:count]
    if not len(originals):
        raise BadInput(_none_there(data.content, "neutral", source))
    size = len(originals)
    values = {
        "aligned": np.full(size, source, np.uint8),
        "neutral": (np.arange(size) % len(data.content.values)).astype(np.uint8),
        "target-colored": np.full(size, target, np.uint8),
    }[name]
    images = data.editor.paint(originals, values, _STREAM)
    masks = data.hard.known_masks
    own_masks = None if masks is None else masks[data.hard.labels == source][:count]
    return Split(images, np.full(size, source, np.uint8), values, originals, data.content, own_masks)


def mixed_pool(data: BiasedDataset, name: Pool, sources: Sequence[int], target: int, count: int) -> Split:
    """The pools of several classes in one, the classes in turn: its first sources are of every class that has any."""
    there = [source for source in sources if _has_sources(data, name, source, target)]
    pools = [source_pool(data, name, source, target, count) for source in there or sources]
    turns = np.concatenate([np.arange(len(pool)) for pool in pools])
    return join(pools).take(np.argsort(turns, kind="stable"))


def pools_there(data: BiasedDataset, names: Sequence[Pool], sources: Sequence[int], target: int) -> tuple[Pool, ...]:
    """Those pools that aren't empty. Where images can be repainted, all are taken for such."""
    return tuple(name for name in names if any(_has_sources(data, name, source, target) for source in sources))


def _has_sources(data: BiasedDataset, name: Pool, source: int, target: int) -> bool:
    return data.editor is not None or len(_test_images(data, name, source, target)) > 0


def _test_images(data: BiasedDataset, name: Pool, source: int, target: int) -> NDArray[np.int64]:
    """Indices of the test images that a pool is taken from."""
    test = data.whole_test
    chosen = test.labels == source
    if name != "neutral":
        chosen &= test.cue_classes == (source if name == "aligned" else target)
    return np.flatnonzero(chosen)


def _none_there(content: Content, name: Pool, source: int) -> str:
    images = {"aligned": "aligned image", "neutral": "image", "target-colored": "target-colored image"}[name]
    return (
        f"The test split has no {images} of {with_article(content.classes[source])} to attack: choose another source "
        f"class{'' if name == 'neutral' else ' or pool'}."
    )


def scarcity(there: Mapping[int, int], requested: int, classes: Sequence[str]) -> str:
    """What is to be said where a class has fewer images than were asked for; empty where none has.

    there: images of each class. classes: what these are called.
    """
    source, count = min(there.items(), key=lambda label_and_count: label_and_count[1])
    if count >= requested:
        return ""
    named = with_article(classes[source])
    if len(there) == 1:
        return f"The test split has {count} of the {requested} images of {named} that were asked for: all are attacked."
    return (
        f"The test split has fewer than the {requested} images of each class that were asked for, such as {count} of "
        f"{named}: all that there are of a class are attacked, up to {requested}."
    )
