"""The null of an audit: networks of other seeds, trained and audited with the named properties exchanged at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.audit.audited_predictions import accuracy_and_chance, hosts_of, predictor, swaps_of
from lazytui.analyses.audit.result import CleanTraining, Null, Retrained, null_of
from lazytui.analyses.audit.retraining import find_or_train, training_without
from lazytui.analyses.networks.model_under_study import load_model_under_study, recorded_training

if TYPE_CHECKING:
    from lazytui.analyses.audit.params import AuditParams
    from lazytui.audit.donor_swaps import Swap
    from lazytui.runs.progress_report import Report

_STREAM = 7
"""Of the random draws of clean trainings, beside those of the audit and of its retrained networks."""


def all_named_properties(named: Sequence[str], rounds: Sequence[Retrained]) -> tuple[str, ...]:
    """The properties that an audit names: the first, and those that networks retrained without it rely on."""
    names = [*named[:1], *(name for one in rounds for name in (*one.exchanged, *one.goes_by[:1]))]
    return tuple(dict.fromkeys(names))


def calibrated(
    params: AuditParams, run: str, without: Sequence[str], report: Report
) -> tuple[tuple[CleanTraining, ...], Null, str | None]:
    """The clean trainings, what they lose, and the property of their largest loss. run: the audited network. without:
    properties that are exchanged at random; where there are none, the images stay as they are."""
    trained = recorded_training(run, report.workspace)
    clean, losses = [], []
    for number in range(1, params.calibrate + 1):
        settings = training_without(trained, without, params).model_copy(
            update={"seed": (trained.seed + number) % 2**63}
        )
        reference = find_or_train(settings, f"training clean network {number} of {params.calibrate}", report)
        report.note(f"auditing clean network {number} of {params.calibrate}")
        training, swaps = _audited(params, reference, number, without, report)
        clean.append(training)
        losses.append(swaps)
    return tuple(clean), *null_of(clean, losses)


def _audited(
    params: AuditParams, run: str, number: int, without: Sequence[str], report: Report
) -> tuple[CleanTraining, Mapping[str, Swap]]:
    """A clean network on its own held-out images, with the properties exchanged as in its training images."""
    from lazytui.audit.donor_swaps import with_exchanged
    from lazytui.audit.editors import EDITORS

    network = load_model_under_study(params.of_network(run), report.workspace, report.note)
    generator, predict = np.random.default_rng((params.seed, _STREAM, number)), predictor(network, report)
    hosts = hosts_of(network.data.validation, params.images, generator)
    if without:
        hosts = with_exchanged(hosts, [EDITORS[name] for name in without], generator)
    accuracy, chance = accuracy_and_chance(hosts, predict)
    training = CleanTraining(run=run, images=len(hosts.hosts), accuracy=accuracy, chance=chance)
    return training, swaps_of(hosts, predict, generator, report)
