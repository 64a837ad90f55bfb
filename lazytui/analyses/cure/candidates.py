"""The candidates for a cure: the network's own training with other methods, given the property or the groups."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import plain_training
from lazytui.training.methods import METHODS

ETA = 3
"""Factor by which each rung's trainings are longer, and fewer (successive halving, Jamieson 2016)."""

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

    >>> rungs(9, 30)
    [(9, 3), (3, 10), (1, 30)]
    >>> rungs(4, 2)
    [(4, 2)]
    """
    rungs = [(1, max(epochs, _SHORTEST))]
    while rungs[0][0] * ETA <= count and rungs[0][1] > _SHORTEST:
        rungs.insert(0, (rungs[0][0] * ETA, max(_SHORTEST, round(rungs[0][1] / ETA))))
    return [(count, rungs[0][1]), *rungs[1:]]
