"""Groups: infer without labels which training images contradict a network's shortcut, for methods that read groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult, audited_network
from lazytui.analyses.audit.training_minority import described_images
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.groups.corrections import read_corrections
from lazytui.analyses.groups.figures import figures
from lazytui.analyses.groups.params import GroupsParams
from lazytui.analyses.groups.result import GroupsResult, read
from lazytui.analyses.networks.model_under_study import load_network, recorded_training, require_code_named
from lazytui.audit.editors import EDITORS
from lazytui.data.splits import build_dataset, find_data
from lazytui.errors import BadInput, UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from lazytui.analyses.networks.model_under_study import Network
    from lazytui.data.splits import Split
    from lazytui.groups.inferred import Inferred, Labels

_MOST_SHOWN, _MOST_BYTES = 24, 1 << 20


def resolve(params: GroupsParams, workspace: Workspace) -> GroupsParams:
    """Make sure that the data are there and the corrections are valid; name the property."""
    require_code_named(params, workspace)
    trained = recorded_training(params.run, workspace)
    find_data(trained)
    if corrections := read_corrections(params, trained.content):
        _require_there(corrections, len(build_dataset(trained).train))
    if params.by != "property":
        if params.property:
            raise UsageError(f"--property is for --by property; --by {params.by} uses none.")
        return params
    return params.model_copy(update={"property": params.property or _audited(params.run, workspace)})


def _audited(run: str, workspace: Workspace) -> str:
    """The property that the newest audit of a network named. Raises BadInput where there is none."""
    network = workspace.find(run)
    name = network.display_name
    otherwise = "give a --property, or infer groups --by errors."
    for audit in reversed(workspace.readable_runs()):
        if audit.record.kind != "audit" or audit.status.state != "done":
            continue
        audit_params = recorded_params(audit)
        if isinstance(audit_params, AuditParams) and _network_of(audit_params, audit) == network.reference:
            audit_result: AuditResult = recorded_result(audit)
            if audit_result.named:
                return audit_result.named[0]
            raise BadInput(f"{audit.display_name} found no property that {name} relies on: {otherwise}")
    raise BadInput(f"No audit of {name} has named a property yet: `lazytui run audit {name}` first, {otherwise}")


def _network_of(audit_params: AuditParams, audit: RunFolder) -> str:
    """The network that an audit asked."""
    return audit_params.run if audit_params.run is not None else audited_network(audit_params, recorded_result(audit))


def run(params: GroupsParams, report: Report) -> GroupsResult:
    report.note("loading torch and the network")
    network = load_network(params, report.workspace, report.note)
    from lazytui.groups.inferred import agreement, conflicting

    data = build_dataset(network.trained)
    split = data.train
    inferred, why = _inferred(params, network, split, report)
    agreed = agreement(inferred, split)
    like, corrections = _corrected(params, inferred.like, split)
    reviewed = np.isin(np.arange(len(split)), list(corrections))
    marked = inferred.like != split.labels
    shown = _to_show(like != split.labels, reviewed, split.images[0].nbytes)
    return GroupsResult(
        marked=float((like != split.labels).mean()),
        **vars(agreed),
        corrected=len(corrections),
        confirmed=int((marked & reviewed & (like != split.labels)).sum()),
        rejected=int((marked & reviewed & (like == split.labels)).sum()),
        why=why,
        palette_name=network.trained.palette,
        recorded_content=content_to_keep(data.params),
        like=like,
        labels=split.labels,
        conflicting=conflicting(split),
        examples=split.images[shown] if len(shown) else None,
        numbers=shown if len(shown) else None,
    )


def _inferred(params: GroupsParams, network: Network, split: Split, report: Report) -> tuple[Inferred, str]:
    """The class that each image is like, and the reason as a phrase; empty where there is none."""
    from lazytui.evaluation.forward import probabilities
    from lazytui.groups.by_clusters import by_clusters
    from lazytui.groups.by_outputs import by_environments, by_errors

    if params.by == "property":
        return _by_property(params, split, report)
    if params.by == "two-fold":
        return by_errors(_two_fold(params, network, split, report), split.labels), ""
    report.note(f"classifying {len(split):,} training images")
    predicted = probabilities(network.model, split.images, network.hardware)
    if params.by == "errors":
        return by_errors(predicted, split.labels), ""
    if params.by == "environments":
        return by_environments(predicted, split.labels), ""
    report.note("clustering its outputs, class by class")
    return by_clusters(predicted, split.labels, params.seed), ""


def _by_property(params: GroupsParams, split: Split, report: Report) -> tuple[Inferred, str]:
    """Raises BadInput where the property is too gradual to separate contradicting images."""
    from lazytui.audit.minority import is_gradual, nearest_classes, probe_accuracy_of
    from lazytui.groups.inferred import Inferred

    named = cast("str", params.property)
    descriptions, labels = described_images(split, named, report), split.labels.astype(np.int64)
    accuracy = probe_accuracy_of(descriptions, labels, params.seed)
    like = nearest_classes(descriptions, labels, accuracy)
    if is_gradual(like != labels, accuracy):
        raise BadInput(
            f"The property is too gradual to find contradicting images: {EDITORS[named].phrase} predicts the class of "
            f"{100 * accuracy:.0f} % of them. Infer groups --by errors or --by two-fold."
        )
    return Inferred(like.astype(np.uint8)), EDITORS[named].phrase


def _two_fold(params: GroupsParams, network: Network, split: Split, report: Report) -> np.ndarray:
    from lazytui.groups.two_fold import two_fold_probabilities
    from lazytui.training.initial_model import fresh_model

    report.note("training two networks with a biased loss, each on half of the images")
    seeds = iter((params.seed, params.seed + 1))

    def tick(done: int, steps: int) -> None:
        report.check()
        report.progress(done, steps, "steps")

    return two_fold_probabilities(
        split,
        lambda: fresh_model(network.trained, network.trained.content, next(seeds)),
        network.hardware,
        params.epochs,
        params.seed,
        tick,
    )


def _corrected(params: GroupsParams, like: Labels, split: Split) -> tuple[Labels, dict[int, int]]:
    """The classes that images are like after a person's corrections; and these, by the number of the image."""
    read = read_corrections(params, split.content)
    corrections = {number: int(split.labels[number]) if other is None else other for number, other in read.items()}
    like = like.copy()
    like[list(corrections)] = list(corrections.values())
    return like, corrections


def _to_show(contradicting: NDArray[np.bool_], reviewed: NDArray[np.bool_], size: int) -> NDArray[np.intp]:
    """Numbers of images to review: those that contradict, and after them those that a person has reviewed.

    size: bytes of an image.
    """
    most = min(_MOST_SHOWN, max(_MOST_BYTES // size, 1))
    return np.concatenate((np.flatnonzero(contradicting & ~reviewed), np.flatnonzero(reviewed)))[:most]


def _require_there(numbers: Iterable[int], images: int) -> None:
    """Raise BadInput for an image that doesn't exist."""
    for number in numbers:
        if number >= images:
            raise BadInput(f"There is no training image {number:,}: they are numbered from 0 to {images - 1:,}.")


ANALYSIS = Analysis(
    params=GroupsParams,
    run=run,
    figures=figures,
    write=write_fields,
    read=read,
    resolve=resolve,
    label=lambda params: (params.property or params.by).replace(" ", "-"),
)
