"""Ten images that set digit against color, and what a network in training says of them: columns of its curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import BiasedDataset, Split
from lazytui.evaluation.predictions import DIGITS

DIGIT_BEFORE = np.roll(np.arange(10), 1)
"""By digit, whose color it wears in a picture of conflicting images: the 1 that of 0, which is red as a rule."""

_PREDICTION = "says_{}"
_PROBABILITY = "says_{}_probability"
COLUMNS = frozenset(name.format(digit) for name in (_PREDICTION, _PROBABILITY) for digit in DIGITS)
"""Names of the columns: of each shown digit the prediction, 0 to 9, and its probability in [0, 1]."""


@dataclass(frozen=True)
class TenAnswers:
    """What a network says of the ten at a step: (10,) each, by shown digit.

    predicted: 0 to 9, -1 where it isn't known. probabilities: in [0, 1], of the predictions.
    """

    step: int
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def conflicting_ten(data: BiasedDataset) -> Split:
    """One shape of each digit in the color of the digit before."""
    return data.cue_conflict.take(10 * np.arange(10) + DIGIT_BEFORE)


def answer_columns(probabilities: NDArray[np.float32]) -> dict[str, float]:
    """A row of the columns. probabilities: (10, 10), by shown digit and class."""
    predicted, largest = probabilities.argmax(1).tolist(), probabilities.max(1).tolist()
    return {_PREDICTION.format(digit): float(said) for digit, said in zip(DIGITS, predicted, strict=True)} | {
        _PROBABILITY.format(digit): round(share, 4) for digit, share in zip(DIGITS, largest, strict=True)
    }


def predictions_in(row: Mapping[str, float | None]) -> list[int]:
    """The ten predictions in a row of the columns, -1 where one isn't known; none where it has none of the columns."""
    return list(_predictions(row)) if _PREDICTION.format(DIGITS[0]) in row else []


def _predictions(row: Mapping[str, float | None]) -> Iterator[int]:
    for digit in DIGITS:
        said = row.get(_PREDICTION.format(digit))
        yield int(said) if said is not None and 0 <= said <= 9 else -1


def answers_at(history: Mapping[str, NDArray[np.float64]], step: float | None = None) -> TenAnswers | None:
    """The answers at the last point up to a step, at the newest of which they are known where that is None.

    history: columns, `step` among them. None where they are known of no point.
    """
    if not history.keys() >= COLUMNS:
        return None
    known = np.flatnonzero(np.isfinite(history[_PREDICTION.format(DIGITS[0])]))
    if not len(known):
        return None
    row = int(known[-1])
    if step is not None:
        row = max(int(np.searchsorted(history["step"], step, side="right")) - 1, 0)
    at = {name: float(history[name][row]) for name in COLUMNS}
    shares = np.array([at[_PROBABILITY.format(digit)] for digit in DIGITS])
    return TenAnswers(int(history["step"][row]), np.array(predictions_in(at)), np.nan_to_num(shares).clip(0, 1))
