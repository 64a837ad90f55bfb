"""A network's predictions as results keep them: of every image its digit, its color, the prediction and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import Split
from lazytui.evaluation.metrics import is_conflicting
from lazytui.evaluation.paired_difference import Hits
from lazytui.figures.kinds import Tone
from lazytui.runs.results.result_contents import indices, numbers
from lazytui.runs.results.typed_result import Key

SPLIT_NAMES = {"easy": "validation", "hard": "hard", "probe": "probe"}
"""The splits that are evaluated, with what the data set calls them."""


DIGITS = tuple("0123456789")


def tone_of(predicted: int, label: int, attribute: int) -> Tone:
    """How an answer is marked: the digit, the digit that the color belongs to, or neither."""
    return "good" if predicted == label else "bad" if predicted == attribute else "muted"


@dataclass(frozen=True)
class Predictions:
    """A network's predictions on one split, image by image, (n,) each.

    labels, predicted: in 0..9. attributes: the digit that the color belongs to, or NO_COLOR. confidence: in [0, 1],
    the probability of the prediction.
    """

    labels: Annotated[NDArray[np.uint8], indices("images", below=10), Key("digits")]
    attributes: Annotated[NDArray[np.uint8], indices("images", below=NO_COLOR + 1), Key("colors")]
    predicted: Annotated[NDArray[np.uint8], indices("images", below=10)]
    confidence: Annotated[NDArray[np.float16], numbers("images")]

    @property
    def correct(self) -> Hits:
        return np.asarray(self.predicted == self.labels)

    @property
    def follows_attribute(self) -> Hits:
        """Which images were taken for the digit of their color."""
        return np.asarray(self.predicted == self.attributes)

    @property
    def is_aligned(self) -> Hits:
        return np.asarray(self.attributes == self.labels)

    @property
    def is_conflicting(self) -> Hits:
        return is_conflicting(self.labels, self.attributes)


def split_predictions(split: Split, probabilities: NDArray[np.float32]) -> Predictions:
    """The predictions on a split. probabilities: (n, 10) float32."""
    predicted = probabilities.argmax(1).astype(np.uint8)
    return Predictions(split.labels, split.attributes, predicted, probabilities.max(1).astype(np.float16))
