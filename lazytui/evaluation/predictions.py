"""What is kept of a network's answers: of every image its digit, its color, the prediction and its probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import Split
from lazytui.evaluation.metrics import Labels, is_conflicting
from lazytui.evaluation.paired_difference import Hits
from lazytui.figures.kinds import Tone

Arrays = Mapping[str, NDArray[np.generic]]

SPLIT_NAMES = {"easy": "validation", "hard": "hard", "probe": "probe"}
"""The splits that are evaluated, with what the data set calls them."""


DIGITS = tuple("0123456789")


def tone_of(predicted: int, label: int, attribute: int) -> Tone:
    """How an answer is marked: the digit, the digit that the color belongs to, or neither."""
    return "good" if predicted == label else "bad" if predicted == attribute else "muted"


@dataclass(frozen=True)
class Predictions:
    """Of one split, image by image, (n,) each.

    digits, colors, predicted: uint8, as in `metrics`. confidence: float16 in [0, 1], the probability of the prediction.
    """

    labels: Labels
    attributes: Labels
    predicted: Labels
    confidence: NDArray[np.float16]

    @property
    def correct(self) -> Hits:
        right: Hits = self.predicted == self.labels
        return right

    @property
    def follows_attribute(self) -> Hits:
        """Which images were taken for the digit of their color."""
        followed: Hits = self.predicted == self.attributes
        return followed

    @property
    def is_aligned(self) -> Hits:
        aligned: Hits = self.attributes == self.labels
        return aligned

    @property
    def is_conflicting(self) -> Hits:
        return is_conflicting(self.labels, self.attributes)

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """As they are kept in a result."""
        return {f"{name}_{key}": getattr(self, field) for field, key in _KEYS.items()}


_KEYS = {"labels": "digits", "attributes": "colors", "predicted": "predicted", "confidence": "confidence"}
"""What the fields are called in a result."""


def split_predictions(split: Split, probabilities: NDArray[np.float32]) -> Predictions:
    """The answers on a split. probabilities: (n, 10) float32."""
    predicted = probabilities.argmax(1).astype(np.uint8)
    return Predictions(split.digits, split.colors, predicted, probabilities.max(1).astype(np.float16))


def read_predictions(arrays: Arrays, name: str) -> Predictions | None:
    """Those of a split in a result; None where the result is from before they were kept."""
    if f"{name}_predicted" not in arrays:
        return None
    labels, attributes, predicted = (arrays[f"{name}_{key}"].astype(np.uint8) for key in list(_KEYS.values())[:3])
    return Predictions(labels, attributes, predicted, arrays[f"{name}_confidence"].astype(np.float16))
