"""What is kept of a network's answers: of every image its digit, its color, the prediction and its probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import Split
from lazytui.evaluation.metrics import Labels, conflicting
from lazytui.evaluation.paired_difference import Hits
from lazytui.figures.kinds import Tone

Arrays = Mapping[str, NDArray[np.generic]]

SPLIT_NAMES = {"easy": "validation", "hard": "hard", "probe": "probe"}
"""The splits that are evaluated, with what the data set calls them."""


DIGITS = tuple("0123456789")


def tone_of(said: int, digit: int, color: int) -> Tone:
    """How an answer is marked: the digit, the digit that the color belongs to, or neither."""
    return "good" if said == digit else "bad" if said == color else "muted"


@dataclass(frozen=True)
class Answers:
    """Of one split, image by image, (n,) each.

    digits, colors, predicted: uint8, as in `metrics`. confidence: float16 in [0, 1], the probability of the prediction.
    """

    digits: Labels
    colors: Labels
    predicted: Labels
    confidence: NDArray[np.float16]

    @property
    def right(self) -> Hits:
        right: Hits = self.predicted == self.digits
        return right

    @property
    def followed(self) -> Hits:
        """Which images were taken for the digit of their color."""
        followed: Hits = self.predicted == self.colors
        return followed

    @property
    def aligned(self) -> Hits:
        aligned: Hits = self.colors == self.digits
        return aligned

    @property
    def conflicting(self) -> Hits:
        return conflicting(self.digits, self.colors)

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """As they are kept in a result."""
        return {f"{name}_{field}": getattr(self, field) for field in _FIELDS}


_FIELDS = ("digits", "colors", "predicted", "confidence")


def answers(split: Split, probabilities: NDArray[np.float32]) -> Answers:
    """The answers on a split. probabilities: (n, 10) float32."""
    predicted = probabilities.argmax(1).astype(np.uint8)
    return Answers(split.digits, split.colors, predicted, probabilities.max(1).astype(np.float16))


def kept_answers(arrays: Arrays, name: str) -> Answers | None:
    """Those of a split in a result; None where the result is from before they were kept."""
    if f"{name}_predicted" not in arrays:
        return None
    digits, colors, predicted = (arrays[f"{name}_{field}"].astype(np.uint8) for field in _FIELDS[:3])
    return Answers(digits, colors, predicted, arrays[f"{name}_confidence"].astype(np.float16))
