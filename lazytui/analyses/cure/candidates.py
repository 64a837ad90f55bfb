"""The candidates for a cure: the network's own training with other methods, given the property or the groups."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import plain_training
from lazytui.training.methods import METHODS

ETA = 3
"""Factor by which each rung's trainings are longer, and fewer (successive halving, Jamieson 2016)."""

MOST = 0.3
"""Of the epochs that all trainings would take to the end: what the rungs take together, where that is possible."""

_SHORTEST = 2
"""Epochs: some methods train a first network for one."""


def candidates(trained: TrainParams, methods: Sequence[str], named: str, groups: str | None) -> list[TrainParams]:
    """One training a method, with its defaults and from random weights. groups: of the training images, the reference
    of a run; without it methods that read groups are left out."""
    trainings = []
    for method in methods:
        entry = METHODS[method]
        if entry.reads_values and groups is None:
            continue
        fresh = {"init": None, "weights": None, "freeze": None, "groups": groups if entry.reads_values else None}
        named_property = {"scrambled": named} if "scrambled" in entry.options.model_fields else {}
        trainings.append(plain_training(trained, method).model_copy(update={**fresh, "colors": None, **named_property}))
    return trainings


def rungs(count: int, epochs: int) -> list[tuple[int, int]]:
    """(how many trainings, of how many epochs) of each rung, the shortest trainings first; the last is one.

    A rung's trainings are a third as long as the next one's. Within `MOST` of count x epochs the first trains all
    candidates, and each rung between as many as fit, up to a third of those before. Where the first and the last alone
    take more, there are only these, the first as short as trainings can be. Of three candidates or fewer the last alone
    takes more; then the first takes as many epochs as the last.

    >>> rungs(9, 30), rungs(9, 18), rungs(9, 9)
    ([(9, 3), (2, 10), (1, 30)], [(9, 2), (2, 6), (1, 18)], [(9, 2), (1, 9)])
    >>> rungs(27, 100)
    [(27, 4), (9, 11), (3, 33), (1, 100)]
    >>> rungs(3, 15), rungs(4, 2)
    ([(3, 5), (1, 15)], [(4, 2)])
    """
    if epochs <= _SHORTEST or count == 1:
        return [(count, max(epochs, _SHORTEST))]
    depth = max(1, int(math.log(count, ETA) + 1e-9))
    left = int(MOST * count * epochs) - epochs if count > 1 / MOST else epochs
    shortest = max(_SHORTEST, min(round(epochs / ETA**depth), left // count))
    left -= count * shortest
    plan = [(count, shortest)]
    for exponent in range(depth - 1, 0, -1):
        longer = max(plan[-1][1] + 1, round(epochs / ETA**exponent))
        survivors = min(plan[-1][0] // ETA, left // longer)
        if survivors > 1 and longer < epochs:
            plan.append((survivors, longer))
            left -= survivors * longer
    return [*plan, (1, epochs)]
