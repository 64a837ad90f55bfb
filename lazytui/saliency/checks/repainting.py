"""Attribute or label, tested by repainting: the same original with another value, and another class with the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from lazytui.data.editors import editor_of
from lazytui.data.painting.painter import CHUNK
from lazytui.data.params import DatasetParams
from lazytui.data.splits import Split


@dataclass(frozen=True)
class Variations:
    """Each image with one thing about it changed; texture and everything else stay.

    recolored: (values, n, height, width, 3) uint8, the same original with each value of the attribute.
    redrawn: (n, height, width, 3) uint8, one of another class with the same value; redrawn_labels: (n,) uint8, which.
    """

    recolored: NDArray[np.uint8]
    redrawn: NDArray[np.uint8]
    redrawn_labels: NDArray[np.uint8]


def make_variations(split: Split, params: DatasetParams, name: str, indices: NDArray[np.int64]) -> Variations:
    """Variations of the images at (n,) `indices` of a whole split called `name`; textures depend on the index.

    params: of a data set whose attribute can be repainted.
    """
    others = _of_another_class(split.labels, indices)
    count = _images_to_paint(indices)
    originals, attributes = split.originals[:count].copy(), split.attributes[:count]
    originals[indices] = split.originals[others]
    redrawn = _paint(originals, attributes, params, name)[indices]
    recolored = [repaint_with(split, params, name, indices, value) for value in range(len(split.content.values))]
    return Variations(np.stack(recolored), redrawn, split.labels[others])


def repaint_with(
    split: Split, params: DatasetParams, name: str, indices: NDArray[np.int64], value: int
) -> NDArray[np.uint8]:
    """(n, height, width, 3) uint8: the images at (n,) `indices` of a whole split called `name`, with one value.

    params: of a data set whose attribute can be repainted.
    """
    originals = split.originals[: _images_to_paint(indices)]
    return _paint(originals, np.full(len(originals), value, np.uint8), params, name)[indices]


def _paint(
    originals: NDArray[np.uint8], attributes: NDArray[np.uint8], params: DatasetParams, name: str
) -> NDArray[np.uint8]:
    """With the random stream of the split's textures: a factorial hard split is the probe split."""
    editor = editor_of(params)
    assert editor is not None
    return editor.paint(originals, attributes, "probe" if params.hard == "factorial" and name == "hard" else name)


def _images_to_paint(indices: NDArray[np.int64]) -> int:
    """How many images to paint for those at `indices`: whole chunks, each with a random stream of its own."""
    return -(-(int(indices.max()) + 1) // CHUNK) * CHUNK


def _of_another_class(labels: NDArray[np.uint8], indices: NDArray[np.int64]) -> NDArray[np.intp]:
    """(n,) the index of the next image of another class, wrapping around."""
    positions = np.arange(len(labels))
    others = []
    for index in indices:
        after = np.roll(positions, -int(index))
        others.append(after[int(np.argmax(labels[after] != labels[index]))])
    return np.array(others, dtype=np.intp)


@dataclass(frozen=True)
class RecoloringEffect:
    """The effect of the variations on the logit of each image's target class (or its score), and on predictions.

    drops: (n, values) float64, drop of the logit when the image is repainted with each value; NaN for its own.
    redrawn_drops: (n,) float64, drop when another class is drawn with the same value.
    recolored_flips, redrawn_flips: share of those variations that change the prediction.
    flips_interval: 95 % interval (Student's t) of the mean difference of the two; None for a single image.
    """

    drops: NDArray[np.float64]
    redrawn_drops: NDArray[np.float64]
    recolored_flips: float
    redrawn_flips: float
    flips_interval: tuple[float, float] | None


def measure_recoloring(
    logits: NDArray[np.float32],
    recolored: NDArray[np.float32],
    redrawn: NDArray[np.float32],
    targets: NDArray[np.uint8],
    attributes: NDArray[np.uint8],
    score_of: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None,
) -> RecoloringEffect:
    """From the logits of the images, (n, classes), and of their variations, (values, n, classes) and (n, classes).

    targets, attributes: (n,) uint8, the class explained and the value of each image. score_of: logits (n, classes) ->
    (n,), what is explained in place of the class's logit.
    """
    rows = np.arange(len(logits))
    read = score_of or (lambda each: each[rows, targets])
    score = read(logits).astype(np.float64)
    drops = score[:, None] - np.stack([read(each) for each in recolored]).T
    other = np.arange(len(recolored)) != attributes[:, None]
    predicted = logits.argmax(1)
    changed = predicted[:, None] != recolored.argmax(2).T
    redrawn_changed = predicted != redrawn.argmax(1)
    by_image = (changed & other).sum(1) / other.sum(1) - redrawn_changed
    return RecoloringEffect(
        drops=np.where(other, drops, np.nan),
        redrawn_drops=score - read(redrawn),
        recolored_flips=float(changed[other].mean()),
        redrawn_flips=float(redrawn_changed.mean()),
        flips_interval=_interval(by_image.astype(np.float64)),
    )


def _interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """95 % interval of the mean (Student's t); None for a single value."""
    n = len(values)
    if n < 2:
        return None
    mean, reach = float(values.mean()), float(stdtrit(n - 1, 0.975) * values.std(ddof=1)) / math.sqrt(n)
    return mean - reach, mean + reach
