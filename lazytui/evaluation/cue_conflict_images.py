"""One image of each class, of ten at most, that sets label against attribute, and what a network in training says of
them: columns of its curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import MOST_SHOWN, BiasedDataset, Split, join

_PREDICTION = "says_{}"
_PROBABILITY = "says_{}_probability"
COLUMNS = frozenset(name.format(shown) for name in (_PREDICTION, _PROBABILITY) for shown in range(MOST_SHOWN))
"""Names of the columns: of each shown class the prediction, a class, and its probability in [0, 1]."""


@dataclass(frozen=True)
class TenAnswers:
    """What a network says of them at a step: (shown,) each, by shown class.

    predicted: classes, -1 where it isn't known. probabilities: in [0, 1], of the predictions.
    """

    step: int
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def value_before(count: int) -> NDArray[np.int64]:
    """(count,): by class, whose value it has in a picture of conflicting images: the 1 that of 0, red as a rule."""
    return np.roll(np.arange(count), 1)


def conflicting_ten(data: BiasedDataset) -> Split:
    """One original of each class with the value of the class before; where nothing can be repainted, the first test
    image of each class, a conflicting one where there is any."""
    shown = min(len(data.content.classes), MOST_SHOWN)
    if data.editor:
        return data.cue_conflict.take(shown * np.arange(shown) + value_before(shown))
    candidates = join([data.hard, data.probe])
    return candidates.take(np.array([np.flatnonzero(candidates.labels == label)[0] for label in range(shown)]))


def answer_columns(probabilities: NDArray[np.float32]) -> dict[str, float]:
    """A row of the columns. probabilities: (shown, classes)."""
    predicted, largest = probabilities.argmax(1).tolist(), probabilities.max(1).tolist()
    return {_PREDICTION.format(shown): float(label) for shown, label in enumerate(predicted)} | {
        _PROBABILITY.format(shown): round(share, 4) for shown, share in enumerate(largest)
    }


def predictions_in(row: Mapping[str, float | None]) -> list[int]:
    """The predictions in a row of the columns, -1 where one isn't known; none where it has none of the columns."""
    return list(_predictions(row))


def _predictions(row: Mapping[str, float | None]) -> Iterator[int]:
    for name in map(_PREDICTION.format, range(MOST_SHOWN)):
        if name in row:
            label = row[name]
            yield int(label) if label is not None and 0 <= label < 100 else -1


def answers_at(history: Mapping[str, NDArray[np.float64]], step: float | None = None) -> TenAnswers | None:
    """The answers at the last point up to a step, at the newest of which they are known where that is None.

    history: columns, `step` among them. None where they are known of no point.
    """
    names = [name for name in map(_PREDICTION.format, range(MOST_SHOWN)) if name in history]
    shares = [name for name in map(_PROBABILITY.format, range(MOST_SHOWN)) if name in history]
    if not names or len(names) != len(shares):
        return None
    measured_rows = np.flatnonzero(np.isfinite(history[names[0]]))
    if not len(measured_rows):
        return None
    row = int(measured_rows[-1])
    if step is not None:
        row = max(int(np.searchsorted(history["step"], step, side="right")) - 1, 0)
    at = {name: float(history[name][row]) for name in (*names, *shares)}
    probabilities = np.array([at[name] for name in shares])
    return TenAnswers(int(history["step"][row]), np.array(predictions_in(at)), np.nan_to_num(probabilities).clip(0, 1))
