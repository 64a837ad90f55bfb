"""Two ways to categorize images: by where the evidence of a map lies, and by what decides the prediction (its reason).

They are kept apart, since where evidence lies says nothing about reasons: maps of a network that reads shape may lie
off the stroke.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content

EVIDENCE_CATEGORIES = (
    "correct, evidence on the stroke",
    "correct, evidence off the stroke",
    "incorrect, evidence on the stroke",
    "incorrect, evidence off the stroke",
    "no positive evidence",
)
"""By index: where the positive evidence lies; the last: there is none."""

NO_EVIDENCE = 4

EVIDENCE_METRICS = ("correct_on_stroke", "correct_off_stroke", "incorrect_on_stroke", "incorrect_off_stroke")
"""The metric of each of the first four: its share."""

REASONS = (
    "right whatever the color",
    "right for the wrong reason",
    "wrong for another reason",
    "wrong because of the color",
    "cause unknown",
)
"""By index. Right for the wrong reason: the prediction changes with more than half of the other values of the
attribute, here a color. Wrong because of it: the prediction is right once the image is repainted with a value that is
aligned with its class. Unknown: an image without a value."""

UNKNOWN_REASON = 4

ON_STROKE = 0.95
"""Evidence is on the stroke if the image's own mask holds more of it than this share of the other images' masks.

A fixed energy or focus score won't do, since what a network that reads shape reaches differs between layers. By this
one, a map that is independent of what is shown passes in 5 % of images, whatever the layer.
"""


def evidence_categories(correct: NDArray[np.bool_], percentile: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(n,) uint8 index into EVIDENCE_CATEGORIES. correct: (n,) bool. percentile: (n,) of `mask_percentile`."""
    off_stroke = ~(percentile > ON_STROKE)
    return np.where(np.isnan(percentile), NO_EVIDENCE, np.where(correct, 0, 2) + off_stroke).astype(np.uint8)


def reason_categories(
    predicted: NDArray[np.uint8],
    repainted: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    attributes: NDArray[np.uint8],
    content: Content,
) -> NDArray[np.uint8]:
    """(n,) uint8 index into REASONS.

    predicted, labels, attributes: (n,) uint8. repainted: (n, values) uint8, predicted when painted with each value.
    """
    correct = predicted == labels
    other = np.arange(repainted.shape[1]) != attributes[:, None]
    changes = ((repainted != predicted[:, None]) & other).sum(1) > other.sum(1) / 2
    own = content.aligned_classes[:-1] == labels[:, None]
    mended = (own & (repainted == labels[:, None])).any(1)
    reasons = np.where(correct, changes, 2 + mended)
    return np.where(attributes == content.unknown, UNKNOWN_REASON, reasons).astype(np.uint8)
