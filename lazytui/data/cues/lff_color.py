"""The stroke's color in Nam's Colored MNIST (2020): a mean for each class, and a deviation for each image."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values

MEANS = {
    "tomato": (0.984, 0.313, 0.169),
    "yellow": (0.991, 0.916, 0.352),
    "mauve": (0.673, 0.461, 0.580),
    "sage": (0.783, 0.832, 0.601),
    "sky": (0.088, 0.778, 0.982),
    "lime": (0.321, 0.961, 0.446),
    "blue": (0.025, 0.236, 0.759),
    "violet": (0.555, 0.102, 0.762),
    "olive": (0.208, 0.393, 0.019),
    "crimson": (0.834, 0.202, 0.267),
}
"""Red, green and blue, 0 to 1; the names are ours."""

DEVIATIONS = {"severity-4": 0.005, "severity-3": 0.01, "severity-2": 0.02, "severity-1": 0.05}
"""Standard deviation of each channel around its mean, by severity: the smaller, the easier a color is to recognize."""


def _paint(canvas: Canvas, values: Values, _count: int, draw: Draw) -> Images:
    """gray x clamp(mean + N(0, sd^2), 0, 1), one draw of three channels an image, cut to whole levels from below."""
    means = np.array(list(MEANS.values()))[values]
    colors = means + DEVIATIONS[canvas.level] * draw("color").standard_normal((len(canvas), 3))
    return np.asarray(canvas.images * colors.clip(0, 1)[:, None, None], np.uint8)


def _names(count: int) -> tuple[str, ...]:
    return tuple(MEANS)[:count]


ENTRY = Cue(
    "lff-color",
    "the shape has its class's color, with slight variation between images (Nam 2020)",
    "color",
    _names,
    _paint,
    len(MEANS),
    tuple(DEVIATIONS),
)
