"""Images sorted twice, and the two are never mixed up: by place, where the evidence lies, and by cause, what decides.

Place alone says nothing about reasons: maps of a network that reads shape may lie off the stroke.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import NO_COLOR

EVIDENCE_CATEGORIES = (
    "correct, evidence on the stroke",
    "correct, evidence off the stroke",
    "incorrect, evidence on the stroke",
    "incorrect, evidence off the stroke",
    "no positive evidence",
)
"""By place, by index; the last is where the map says nothing, so that it has no place."""

NO_EVIDENCE = 4

EVIDENCE_METRICS = ("correct_on_stroke", "correct_off_stroke", "incorrect_on_stroke", "incorrect_off_stroke")
"""What the share of each of the first four is called."""

REASONS = (
    "right whatever the color",
    "right for the wrong reason",
    "wrong for another reason",
    "wrong because of the color",
    "cause unknown",
)
"""By cause, by index. Right for the wrong reason: the answer changes when the same digit is repainted in more than half
of the other colors. Wrong because of the color: repainted in its own color it is right. Unknown: an image without a
color, which can't be repainted."""

UNKNOWN_REASON = 4

ON_STROKE = 0.95
"""Evidence counts as on the stroke when an image's own mask holds more of the map than this share of other masks do.

A fixed energy or focus score would not do: what a network that reads shape reaches differs from layer to layer. This
way a map that has nothing to do with the digit passes in 5 % of images, whatever the layer.
"""


def evidence_categories(correct: NDArray[np.bool_], percentile: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(n,) uint8 index into WAYS. standing: (n,) see `masks.standing`; NaN where there is no evidence."""
    away = ~(percentile > ON_STROKE)
    ways = np.where(correct, 0, 2) + away
    return np.where(np.isnan(percentile), NO_EVIDENCE, ways).astype(np.uint8)


def reason_categories(
    predicted: NDArray[np.uint8],
    repainted: NDArray[np.uint8],
    digits: NDArray[np.uint8],
    colors: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """(n,) uint8 index into CAUSES.

    predicted: (n,), the class that each image is taken for. repainted: (n, 10), the same in each of the ten colors.
    digits, colors: (n,); a color is named by the digit that it belongs to, or is NO_COLOR.
    """
    correct = predicted == digits
    other = np.arange(10) != colors[:, None]
    changes = ((repainted != predicted[:, None]) & other).sum(1) > other.sum(1) / 2
    mended = repainted[np.arange(len(digits)), digits] == digits
    reasons = np.where(correct, changes, 2 + mended)
    return np.where(colors == NO_COLOR, UNKNOWN_REASON, reasons).astype(np.uint8)
