"""Transfer: what a trained network makes of data that differ from those of its training, in color, place or noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import (
    NetworkParams,
    load_network,
    recorded_training,
    remembered_images,
    require_code_named,
)
from lazytui.analyses.networks.other_data import painted_otherwise, require_same_classes
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.transfer.figures import figures
from lazytui.analyses.transfer.params import TransferParams
from lazytui.analyses.transfer.result import MEASURED, TransferResult, read
from lazytui.data.association import contingency
from lazytui.data.content import NO_CLASS
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.presets import presets
from lazytui.data.splits import BiasedDataset, build_dataset, find_data
from lazytui.errors import UsageError
from lazytui.evaluation import metrics
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace


def resolve(params: TransferParams, workspace: Workspace) -> TransferParams:
    """Make sure that every data set can be painted and suits every network, and record the digits."""
    if params.against == params.run:
        raise UsageError(f"{params.run} can't be compared with itself: name another network.")
    params = _with_paintable(params, workspace)
    data_sets = _data_sets(params, workspace)
    for network, option in zip(_networks(params), ("--model", "--against-model"), strict=False):
        require_code_named(network, workspace, option=option)
        for data in data_sets:
            require_same_classes(network.run, recorded_training(network.run, workspace), data)
    return params.model_copy(update={"source": {find_data(data).name for data in data_sets}.pop()})


def _with_paintable(params: TransferParams, workspace: Workspace) -> TransferParams:
    """The same; of images that aren't painted in colors without other data sets, which differ in that alone."""
    if _data_sets(params.model_copy(update={"to": ()}), workspace)[0].value_colors:
        return params
    if params.to and "to" in params.model_fields_set:
        raise UsageError(
            f"{params.to[0]} paints white shapes in colors, and the images of {params.run} are no such: leave out --to."
        )
    return params.model_copy(update={"to": ()})


def run(params: TransferParams, report: Report) -> TransferResult:
    report.note("loading torch and the networks")
    networks = [load_network(one, report.workspace, report.note) for one in _networks(params)]
    from lazytui.evaluation.scorecard import evaluate_splits

    data_sets = _data_sets(params, report.workspace)
    measured = np.full((len(networks), len(data_sets), len(MEASURED)), np.nan)
    images = np.zeros(measured.shape, np.int64)
    for column, painted in enumerate(data_sets):
        report.check()
        report.progress(column, len(data_sets), "data sets")
        data = build_dataset(painted, remembered_images)
        for row, network in enumerate(networks):
            report.note(f"asking {_networks(params)[row].run} about {_name(params, column)}")
            card = evaluate_splits(network.model, data, network.hardware)
            predicted = card.easy.predicted, card.hard.predicted, card.probe.predicted
            pairs = list(_measured(data, predicted, learned_classes(network.trained, painted)))
            measured[row, column], images[row, column] = zip(*pairs, strict=True)
    report.progress(len(data_sets), len(data_sets), "data sets")
    easy, hard = measured[0, 0, :2].tolist()
    return TransferResult(
        easy_accuracy=easy,
        hard_accuracy=hard,
        networks=tuple(report.workspace.find(one.run).display_name for one in _networks(params)),
        data_sets=tuple(_name(params, column) for column in range(len(data_sets))),
        about=("the training's own", *(presets().get(name, {}).get("about", "study D") for name in params.to)),
        measured=measured,
        images=images,
        recorded_content=content_to_keep(data_sets[0]),
    )


def learned_classes(trained: DatasetParams, shown: DatasetParams) -> NDArray[np.uint8]:
    """(values + 1,) uint8: the class that each value of the shown data belonged to in the training, or NO_CLASS."""
    if not (trained.value_colors and shown.value_colors):
        return shown.content.aligned_classes
    digits = {color: digit for digit, color in enumerate(palette(trained.palette).colors)}
    if trained.placement == "none":
        digits = {}
    digit_of_color = [digits.get(color, NO_CLASS) for color in palette(shown.palette).colors]
    return np.array([*digit_of_color, NO_CLASS], np.uint8)


def _measured(
    data: BiasedDataset, predicted: tuple[NDArray[np.uint8], ...], learned: NDArray[np.uint8]
) -> Iterator[tuple[float, int]]:
    """Of each of MEASURED its value, NaN where undefined, and of how many images it is a share."""
    easy, hard, probe = predicted
    for split, answers in ((data.validation, easy), (data.hard, hard)):
        yield _or_nan(metrics.accuracy(split.labels, answers)), len(split)
    labels, values, table = data.probe.labels, data.probe.attributes, data.content.groups
    unbiased = metrics.unbiased_accuracy(labels, values, probe, table)
    yield _or_nan(unbiased), 0 if unbiased is None else len(labels)
    accuracies, groups = metrics.group_accuracies(labels, values, probe, table), contingency(labels, values, table)
    accuracies[groups < metrics.SMALLEST_GROUP] = np.nan
    worst = metrics.worst_group_accuracy(labels, values, probe, table)
    yield _or_nan(worst), 0 if worst is None else int(groups.flat[np.nanargmin(accuracies)])
    cue_classes = learned[values]
    conflicting = metrics.is_conflicting(labels, cue_classes)
    yield _or_nan(metrics.color_follow_rate(labels, cue_classes, probe)), int(conflicting.sum())


def _or_nan(share: float | None) -> float:
    return np.nan if share is None else share


def _networks(params: TransferParams) -> list[NetworkParams]:
    first = NetworkParams(run=params.run, model=params.model, device=params.device)
    if params.against is None:
        return [first]
    return [first, NetworkParams(run=params.against, model=params.against_model, device=params.device)]


def _data_sets(params: TransferParams, workspace: Workspace) -> list[TrainParams]:
    """The data of the first network's training, then the others: of the same digits, held out as there."""
    digits = {} if params.source is None else {"source": params.source}
    own = painted_otherwise(recorded_training(params.run, workspace), digits)
    return [own, *(painted_otherwise(own, {"dataset": name}) for name in params.to)]


def _name(params: TransferParams, column: int) -> str:
    return "own" if column == 0 else params.to[column - 1]


ANALYSIS = Analysis(params=TransferParams, run=run, figures=figures, write=write_fields, read=read, resolve=resolve)
