"""Audit: exchange properties between images, and see which ones the network's answers rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.audit.audited_predictions import (
    accuracy_and_chance,
    hosts_of,
    predictor,
    require_more_than_chance,
    swaps_of,
)
from lazytui.analyses.audit.calibration import all_named_properties, calibrated
from lazytui.analyses.audit.figures import figures
from lazytui.analyses.audit.first_training import first_training, resolve_first_training, train_first
from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult, columns_of, read
from lazytui.analyses.audit.retraining import retrained
from lazytui.analyses.audit.training_minority import training_minority
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import load_model_under_study
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.audit.donor_swaps import Hosts, Predict, Swap
    from lazytui.data.splits import Split

_EXPLAINED = 4
"""Flagged properties that are set against each other at most."""
_RESTORED = 250
"""Images at most on which that is measured: each edited image has to be segmented anew."""
_SHOWN = 3
_EXAMPLES = 3


def resolve(params: AuditParams, workspace: Workspace) -> AuditParams:
    """Make sure that the data of the network are there, or that one can be trained, and record which they are."""
    if params.run is None:
        return resolve_first_training(params, workspace)
    return params.model_copy(update={"source": resolve_network(params.of_network(params.run), workspace).source})


def run(params: AuditParams, report: Report) -> AuditResult:
    audited = params.run or train_first(params, report).reference
    report.note("loading torch and the network")
    network = load_model_under_study(params.of_network(audited), report.workspace, report.note)
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.naming import named_cues

    split, generator = network.data.validation, np.random.default_rng(params.seed)
    predict = predictor(network, report)
    hosts = hosts_of(split, params.images, generator)
    accuracy, chance = accuracy_and_chance(hosts, predict)
    require_more_than_chance(accuracy, chance, len(hosts.hosts))

    def audit(predict: Predict) -> Mapping[str, Swap]:
        return swaps_of(hosts, predict, generator, report)

    swaps = audit(predict)
    named = named_cues(swaps, EDITORS)
    report.note("comparing the properties that it relies on")
    planted = _planted(network, split, hosts, predict)
    if not named and (params.prove or params.peel or params.minority):
        report.note("no property was found, so nothing more is measured")
    asks_more = bool(named) and (params.prove or params.peel > 0)
    rounds = list(retrained(params, audited, named[0], hosts, predict, audit, report)) if asks_more else []
    clean_without = all_named_properties(named, rounds) if params.calibrate else ()
    clean, null, null_by = calibrated(params, audited, clean_without, report) if params.calibrate else ((), None, None)
    if null is not None:
        swaps = {name: replace(swap, floor=null.floor) for name, swap in swaps.items()}
        named = named_cues(swaps, EDITORS)
    asks_who = bool(named) and params.minority
    minority = training_minority(network.data.train, named[0], params.seed, report) if asks_who else None
    first = swaps[named[0]] if named else None
    return AuditResult(
        accuracy=accuracy,
        largest=first.delta if first else None,
        largest_error=first.error if first else None,
        flagged=len(named),
        detectable=max(swap.smallest for swap in swaps.values() if swap.hosts),
        planted=planted[0] if planted else None,
        planted_error=planted[1] if planted else None,
        cues=tuple(swaps),
        images=len(hosts.hosts),
        left_images=min(_RESTORED, len(hosts.hosts)) if len(named) > 1 else None,
        palette_name=network.trained.palette,
        recorded_content=content_to_keep(network.data.params),
        left=_left(hosts, named[:_EXPLAINED], predict),
        rounds=tuple(rounds),
        minority=minority,
        kept=rounds[0].kept if rounds else None,
        kept_error=rounds[0].kept_error if rounds else None,
        trained_first=None if params.run else first_training(audited, network, report),
        clean=clean,
        clean_without=clean_without,
        null=null,
        null_by=null_by,
        **columns_of(swaps.values()),  # type: ignore[arg-type]
        **_examples(hosts, named[:_SHOWN], predict),
    )


def _planted(network: ModelUnderStudy, split: Split, hosts: Hosts, predict: Predict) -> tuple[float, float] | None:
    """The loss by repainting what was planted with the value of another class, beside that of the own class."""
    from lazytui.audit.donor_swaps import paired_loss

    editor, aligned = network.data.editor, network.data.content.aligned
    value_of = {label: value for value, label in reversed(list(enumerate(aligned)))}
    labels = hosts.labels[hosts.hosts]
    if (
        editor is None
        or not network.data.params.shows_values
        or not set(np.unique(hosts.labels).tolist()) <= value_of.keys()
    ):
        return None
    right = []
    for donors in (hosts.own, hosts.other):
        values = np.array([value_of[label] for label in hosts.labels[donors].tolist()], np.uint8)
        right.append(predict(editor.paint(split.originals[hosts.hosts], values, "audit")).argmax(1) == labels)
    return paired_loss(*right)


def _left(hosts: Hosts, named: Sequence[str], predict: Predict) -> NDArray[np.float64] | None:
    """(k, k): what is left of the loss by one property once another is as it was."""
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.naming import left_without

    if len(named) < 2:
        return None
    left, some = np.full((len(named), len(named)), np.nan), hosts.at_most(_RESTORED)
    for row, name in enumerate(named):
        others = np.arange(len(named)) != row
        restored = [EDITORS[other] for other in named if other != name]
        left[row, others] = left_without(some, EDITORS[name], restored, predict)
    return left


def _examples(hosts: Hosts, named: Sequence[str], predict: Predict) -> dict[str, Any]:
    """For each shown property images that are recognized with it from their own class and, if so, not from another."""
    from lazytui.audit.donor_swaps import edit_all, to_bytes
    from lazytui.audit.editors import EDITORS

    if not named:
        return {}
    examples = []
    for name in named:
        edited = hosts.fit_for(EDITORS[name])
        images = np.stack(
            [
                to_bytes([edited.scenes[host].image for host in edited.hosts]),
                *(edit_all(edited, EDITORS[name], donors) for donors in (edited.own, edited.other)),
            ],
            axis=1,
        )
        labels = edited.labels[np.stack([edited.hosts, edited.own, edited.other], axis=1)]
        predicted = predict(images.reshape(-1, *images.shape[2:])).argmax(1).reshape(labels.shape)
        own, lost = (predicted[:, :2] == labels[:, :2]).all(1), predicted[:, 2] != labels[:, 0]
        best = np.argsort(~(own & lost), kind="stable")[:_EXAMPLES]
        examples.append((images[best], predicted[best], labels[best]))
    images, predicted, labels = (np.stack(column) for column in zip(*examples, strict=True))
    return {"examples": images, "example_predicted": predicted, "example_labels": labels}


ANALYSIS = Analysis(
    params=AuditParams,
    run=run,
    figures=with_data_named(figures),
    write=write_fields,
    read=read,
    resolve=resolve,
)
