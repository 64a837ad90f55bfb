"""What stands out of an image, whatever its colors: the stroke against its ground, where no color separates them.

Lightness doesn't do: white on yellow hardly differs in it, and a blue stroke on gray noise not at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.color_space import lab

Floats = NDArray[np.float64]

_LEAST_TEXTURED = 14
"""Images of fewer pixels a side are shown pixel by pixel: none of them is texture."""
_FLAT = 2.0
"""Colors that differ by less (CIELAB) are one: there is nothing to show."""
_ROUNDS = 8


def shape_strengths(images: NDArray[np.uint8]) -> Floats:
    """How far each pixel of images (n, h, w, 3) is from the ground, (n, h, w): 0 there, 1 on what stands out most.

    Textures are smoothed away. Then the direction of color in which an image's pixels differ most gives two groups
    (k-means); the one that the image's edge belongs to is the ground. An image of one color is even: its lightness.
    """
    count, height, width = images.shape[:3]
    if not images.size:
        return np.zeros((count, height, width))
    colors = lab(images)
    if min(height, width) >= _LEAST_TEXTURED:
        colors = _smooth(_smooth(colors, 1), 2)
    flat = colors.reshape(count, height * width, 3)
    along = _strongest_components(flat - flat.mean(axis=1, keepdims=True))
    low, high = _two_groups(along)
    pixels = along.reshape(count, height, width)
    edges = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    ends_high = (edges > (low + high) / 2).mean(axis=1, keepdims=True) > 0.5
    ground, stroke = np.where(ends_high, high, low), np.where(ends_high, low, high)
    differ = high - low >= _FLAT
    strengths = np.clip((along - ground) / np.where(differ, stroke - ground, 1.0), 0, 1)
    even = flat[..., :1].mean(axis=1) / 100
    return np.asarray(np.where(differ, strengths, even)).reshape(count, height, width)


def _smooth(values: Floats, axis: int) -> Floats:
    """Each value with a quarter of both its neighbors along an axis."""
    rows = np.moveaxis(values, axis, 0)
    before, after = np.concatenate([rows[:1], rows[:-1]]), np.concatenate([rows[1:], rows[-1:]])
    return np.moveaxis((before + 2 * rows + after) / 4, 0, axis)


def _strongest_components(centered: Floats) -> Floats:
    """(n, pixels, 3) -> (n, pixels): along each image's first principal component."""
    _, directions = np.linalg.eigh(centered.transpose(0, 2, 1) @ centered)
    return np.asarray((centered @ directions[:, :, -1:])[..., 0])


def _two_groups(values: Floats) -> tuple[Floats, Floats]:
    """The means of the two groups that k-means finds in each row of values (n, m): (n, 1) each, the lower first."""
    spread = values.std(axis=1, keepdims=True)
    low, high = values.mean(axis=1, keepdims=True) - spread, values.mean(axis=1, keepdims=True) + spread
    for _ in range(_ROUNDS):
        upper = values > (low + high) / 2
        above = upper.sum(axis=1, keepdims=True)
        below = values.shape[1] - above
        total, total_above = values.sum(axis=1, keepdims=True), (values * upper).sum(axis=1, keepdims=True)
        split = (above > 0) & (below > 0)
        high = np.where(split, total_above / np.maximum(above, 1), high)
        low = np.where(split, (total - total_above) / np.maximum(below, 1), low)
    return low, high
