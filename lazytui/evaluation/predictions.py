"""A network's predictions as results keep them: of every image its digit, its color, the prediction and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import NO_CLASS
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

    labels, predicted: classes. attributes: values, `unknown` for none. confidence: in [0, 1], the probability of the
    prediction. other_cue_classes: the class that each value is aligned with, NO_CLASS for none; None where that is the
    one of the value's own number, as of ten colors and ten digits.
    """

    labels: Annotated[NDArray[np.uint8], indices("images", below="/classes"), Key("digits")]
    attributes: Annotated[NDArray[np.uint8], indices("images", below="/values or none"), Key("colors")]
    predicted: Annotated[NDArray[np.uint8], indices("images", below="/classes")]
    confidence: Annotated[NDArray[np.float16], numbers("images")]
    other_cue_classes: Annotated[
        NDArray[np.uint8] | None, indices("images", below=NO_CLASS + 1).optional, Key("cue_classes")
    ] = None

    @property
    def cue_classes(self) -> NDArray[np.uint8]:
        """(n,) uint8: the class that each image's value is aligned with, NO_CLASS for none."""
        if self.other_cue_classes is not None:
            return self.other_cue_classes
        return np.where(self.attributes == NO_COLOR, NO_CLASS, self.attributes).astype(np.uint8)

    @property
    def correct(self) -> Hits:
        return np.asarray(self.predicted == self.labels)

    @property
    def follows_attribute(self) -> Hits:
        """Which images were taken for the class that their value is aligned with."""
        return np.asarray(self.predicted == self.cue_classes)

    @property
    def is_aligned(self) -> Hits:
        return np.asarray(self.cue_classes == self.labels)

    @property
    def is_conflicting(self) -> Hits:
        return is_conflicting(self.labels, self.cue_classes)


def split_predictions(split: Split, probabilities: NDArray[np.float32]) -> Predictions:
    """The predictions on a split. probabilities: (n, classes) float32."""
    predicted, confidence = probabilities.argmax(1).astype(np.uint8), probabilities.max(1).astype(np.float16)
    one_to_one = split.content.aligned == tuple(range(NO_COLOR))
    other = None if one_to_one else split.cue_classes
    return Predictions(split.labels, split.attributes, predicted, confidence, other)
