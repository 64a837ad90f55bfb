"""Trainings that fall to chance, or never leave it: seen from the curves, whatever the method and its loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

LEAST_SHARE = 0.1
"""Of all steps, how many at chance are worth a word."""

LEAST_SHARE_AT_FIRST = 0.5
"""The same of a training that begins at chance, as all do, and leaves it: most of it was for nothing."""


@dataclass(frozen=True)
class AtChance:
    """first, last: steps at which the curves were measured. bound: the accuracy that counts as chance.

    loss: the mean training loss in between; NaN where none was measured. classes: how many there are.
    """

    first: int
    last: int
    bound: float
    loss: float
    classes: int

    @property
    def sentence(self) -> str:
        loss = f" Mean loss there: {self.loss:.3f}." if math.isfinite(self.loss) else ""
        return (
            f"At chance from step {self.first} to {self.last}: easy accuracy never above {100 * self.bound:.1f} %, "
            f"which guessing reaches ({100 / self.classes:.3g} % plus three standard errors, or the commonest class's "
            f"share).{loss} Loss of guessing: ln {self.classes} = {math.log(self.classes):.3f}. A smaller --lr usually "
            "helps."
        )


def chance_bound(labels: NDArray[np.uint8], classes: int) -> float:
    """The accuracy on images of these labels up to which a network is at chance.

    The share of one class and three standard errors of that; or the share of the commonest, for a network that always
    says that one.

    >>> round(chance_bound(np.arange(10, dtype=np.uint8).repeat(100), 10), 4)
    0.1285
    """
    guessing = 1 / classes
    by_luck = guessing + 3 * math.sqrt(guessing * (1 - guessing) / len(labels))
    return max(by_luck, float(np.bincount(labels).max() / len(labels)))


def stretches_at_chance(
    history: Mapping[str, Sequence[float]], bound: float, total: int, classes: int
) -> list[AtChance]:
    """Where a training was at chance for a tenth of its `total` steps or more, after it had been better or to the end;
    or for half of them where it begins so and leaves it. At two points of the curves at least, and all in between.

    history: the curves as columns, up to now. bound: the accuracy on easy images that counts as chance: the loss of
    many a method isn't the logarithm of the classes there.
    """
    points = list(zip(map(int, history["step"]), history["easy_accuracy"], strict=True))
    plateaus = []
    for low, group in groupby(enumerate(points), lambda entry: entry[1][1] <= bound):
        indices = [index for index, _ in group]
        first, last = points[indices[0]][0], points[indices[-1]][0]
        share = LEAST_SHARE_AT_FIRST if indices[0] == 0 and last < total else LEAST_SHARE
        if low and last > first and last - first >= share * total:
            plateaus.append(AtChance(first, last, bound, _mean(history.get("loss", ()), indices[1:]), classes))
    return plateaus


def _mean(column: Sequence[float], indices: Sequence[int]) -> float:
    values = [column[index] for index in indices if index < len(column) and math.isfinite(column[index])]
    return sum(values) / len(values) if values else math.nan
