"""Color or shape, tested by repainting: the same digit in another color, and another digit in the same color."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from lazytui.data.painting.painter import CHUNK, repaint
from lazytui.data.params import DatasetParams
from lazytui.data.splits import Split


@dataclass(frozen=True)
class Variations:
    """Each image with one thing about it changed; texture and everything else stay.

    recolored: (10, n, 28, 28, 3) uint8, the same digit in each of the ten colors.
    redrawn: (n, 28, 28, 3) uint8, another digit in the same color; its digit is in redrawn_digits, (n,) uint8.
    """

    recolored: NDArray[np.uint8]
    redrawn: NDArray[np.uint8]
    redrawn_digits: NDArray[np.uint8]


def make_variations(split: Split, params: DatasetParams, name: str, indices: NDArray[np.int64]) -> Variations:
    """Variations of the images at (n,) `indices` of a whole split called `name`; textures depend on the index."""
    others = _another_digit(split.labels, indices)
    count = _images_to_paint(indices)
    shapes, colors = split.originals[:count].copy(), split.attributes[:count]
    shapes[indices] = split.originals[others]
    redrawn = repaint(shapes, colors, params, _stream_name(name, params))[indices]
    return Variations(repaint_in_all_colors(split, params, name, indices), redrawn, split.labels[others])


def repaint_in_all_colors(
    split: Split, params: DatasetParams, name: str, indices: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """(10, n, 28, 28, 3) uint8: the images at (n,) `indices` of a whole split called `name`, in each color."""
    return np.stack([repaint_in_color(split, params, name, indices, color) for color in range(10)])


def repaint_in_color(
    split: Split, params: DatasetParams, name: str, indices: NDArray[np.int64], color: int
) -> NDArray[np.uint8]:
    """(n, 28, 28, 3) uint8: the images at (n,) `indices` of a whole split called `name`, in one color, 0 to 9."""
    shapes = split.originals[: _images_to_paint(indices)]
    return repaint(shapes, np.full(len(shapes), color, np.uint8), params, _stream_name(name, params))[indices]


def _stream_name(name: str, params: DatasetParams) -> str:
    """The random stream of a split's textures: a factorial hard split is the probe split."""
    return "probe" if params.hard == "factorial" and name == "hard" else name


def _images_to_paint(indices: NDArray[np.int64]) -> int:
    """How many images to paint for those at `indices`: whole chunks, each with a random stream of its own."""
    return -(-(int(indices.max()) + 1) // CHUNK) * CHUNK


def _another_digit(digits: NDArray[np.uint8], indices: NDArray[np.int64]) -> NDArray[np.intp]:
    """(n,) the index of the next image that shows another digit, wrapping around."""
    positions = np.arange(len(digits))
    others = []
    for index in indices:
        after = np.roll(positions, -int(index))
        others.append(after[int(np.argmax(digits[after] != digits[index]))])
    return np.array(others, dtype=np.intp)


@dataclass(frozen=True)
class RecoloringEffect:
    """The effect of the variations on the logit of each image's target class, and on predictions.

    drops: (n, 10) float64, drop of the logit when the digit is repainted in each color; NaN in the image's own color.
    redrawn_drops: (n,) float64, drop when another digit is drawn in the same color.
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
    colors: NDArray[np.uint8],
) -> RecoloringEffect:
    """From the logits of the images, (n, 10), and of their variations, (10, n, 10) and (n, 10).

    targets, colors: (n,) uint8, the class explained and the color of each image.
    """
    rows = np.arange(len(logits))
    score = logits[rows, targets].astype(np.float64)
    drops = score[:, None] - recolored[:, rows, targets].T
    other = np.arange(10) != colors[:, None]
    predicted = logits.argmax(1)
    changed = predicted[:, None] != recolored.argmax(2).T
    redrawn_changed = predicted != redrawn.argmax(1)
    by_image = (changed & other).sum(1) / other.sum(1) - redrawn_changed
    return RecoloringEffect(
        drops=np.where(other, drops, np.nan),
        redrawn_drops=score - redrawn[rows, targets],
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
