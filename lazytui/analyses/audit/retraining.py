"""Networks trained again with properties exchanged between images: is a property needed, and what lies below it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from lazytui.analyses.audit.audited_predictions import predictor
from lazytui.analyses.audit.result import Retrained
from lazytui.analyses.networks.model_under_study import load_network, recorded_training
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import plain_training
from lazytui.analyses.trainings.training_lookup import known_trainings, same_training
from lazytui.training.settings import TrainingSettings

if TYPE_CHECKING:
    from numpy.random import Generator

    from lazytui.analyses.audit.params import AuditParams
    from lazytui.audit.donor_swaps import Hosts, Predict, Swap
    from lazytui.runs.progress_report import Report

Audit = Callable[["Predict"], "Mapping[str, Swap]"]
"""The swaps of a network."""


def retrained(
    params: AuditParams, run: str, named: str, hosts: Hosts, predict: Predict, audit: Audit, report: Report
) -> Iterator[Retrained]:
    """With the named property exchanged; and then, as often as `--peel` says, with that which the new network relies on
    exchanged as well, until there is none. run: the audited network."""
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.naming import named_cues

    trained = recorded_training(run, report.workspace)
    exchanged: tuple[str, ...] = (named,)
    for round_ in range(max(params.peel, 1)):
        generator = np.random.default_rng((params.seed, round_))
        doing = f"training a network with properties exchanged at random: {', '.join(exchanged)}"
        reference = find_or_train(training_without(trained, exchanged, params), doing, report)
        network = load_network(params.of_network(reference), report.workspace, report.note)
        predicted = predictor(network, report)
        swaps = audit(predicted) if params.peel else {}
        cues = named_cues(swaps, EDITORS)
        shares = _measured(exchanged, hosts, predict, predicted, generator)
        yield Retrained(
            exchanged=exchanged,
            run=reference,
            audited=params.peel > 0,
            goes_by=tuple(cues),
            lost=swaps[cues[0]].delta if cues else None,
            lost_error=swaps[cues[0]].error if cues else None,
            **shares,
        )
        new = [name for name in cues if name not in exchanged]
        if not new:
            return
        exchanged = (*exchanged, new[0])


def find_or_train(settings: TrainParams, doing: str, report: Report) -> str:
    """The reference of a network that was trained so: one that there is already, or a new one."""
    from lazytui.analyses.core.execute import find_or_execute

    earlier_runs = list(same_training(settings, known_trainings(report.workspace)))
    return find_or_execute("train", settings, earlier_runs, doing, report).reference


def training_without(trained: TrainParams, exchanged: Sequence[str], params: AuditParams) -> TrainParams:
    """The same training, plain and from random weights, with the properties exchanged, if there are any. Of a network
    that was added it takes the default number of epochs."""
    epochs = trained.epochs or TrainingSettings.model_fields["epochs"].default
    more: dict[str, Any] = {"epochs": epochs, **dict.fromkeys(("init", "weights", "freeze"))}
    if exchanged:
        more["scrambled"] = ",".join(exchanged)
    if params.model is not None:
        more["model"] = params.model
    return plain_training(trained, "scramble" if exchanged else "erm").model_copy(
        update={**more, "device": params.device}
    )


class _Shares(TypedDict):
    images: int
    before: float
    after: float
    unaltered: float
    chance: float


def _measured(
    exchanged: tuple[str, ...], hosts: Hosts, predict: Predict, predicted: Predict, generator: Generator
) -> _Shares:
    """Both networks on the same images with the properties of random other ones."""
    from lazytui.audit.donor_swaps import exchange_at_random, to_bytes
    from lazytui.audit.editors import EDITORS

    editors = [EDITORS[name] for name in exchanged]
    edited = hosts.fit_for(*editors)
    images, labels = exchange_at_random(edited, editors, generator), edited.labels[edited.hosts]
    as_they_are = to_bytes([edited.scenes[host].image for host in edited.hosts])
    before, after, unaltered = (
        float((network(these).argmax(1) == labels).mean())
        for network, these in ((predict, images), (predicted, images), (predict, as_they_are))
    )
    chance = float(np.bincount(labels).max() / len(labels))
    return {"images": len(labels), "before": before, "after": after, "unaltered": unaltered, "chance": chance}
