"""Evaluate: catch a trained network in the act of reading the color instead of the digit; one, or two side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.metric_catalog import metric_table
from lazytui.analyses.evaluate.comparison_figures import compared
from lazytui.analyses.evaluate.group_images import Cell, cell_figure, images_behind, painted_again
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.evaluate.report_figures import portrait, verdict
from lazytui.analyses.evaluate.result import read
from lazytui.analyses.networks.model_under_study import SubjectParams, recorded_training, trained_with
from lazytui.analyses.networks.network_pair import AGAINST, name_behind, of_second
from lazytui.analyses.networks.second_network import first_subject, second_subject
from lazytui.analyses.networks.second_network import settle as settle_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import palette
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES, Predictions, read_predictions, split_predictions
from lazytui.figures.kinds import Figure
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from lazytui.evaluation.scorecard import Scorecard


SHOWN = 60
"""The most images of a cell that a result keeps."""


def settle(params: EvaluateParams, workspace: Workspace) -> EvaluateParams:
    """Make sure that the data can be rebuilt and suit both networks, and record which they are."""
    settled = settle_pair(params, workspace)
    return settled.model_copy(update={"hard": _asked_about(settled, workspace).hard})


def run(params: EvaluateParams, report: Report) -> Result:
    from lazytui.models.torch_import import require_torch

    report.note("loading torch")
    require_torch()
    from lazytui.system.hardware import configure_torch

    configure_torch()
    trained = _asked_about(params, report.workspace)
    report.note("painting the splits")
    data = build_dataset(trained)
    result = _measured(first_subject(params), trained, data, report)
    if second := second_subject(params):
        learned = recorded_training(second.run, report.workspace)
        result = _both(result, _measured(second, learned, data, report))
    return _with_cell(params, result, data)


def figures(params: EvaluateParams, result: Result) -> list[Figure]:
    data = TrainParams.model_validate(result.facts["trained"])
    if AGAINST in result.facts:
        drawn = compared(result, data, TrainParams.model_validate(result.facts[AGAINST]["trained"]))
    else:
        drawn = [verdict(result), metric_table(result), *portrait(result, data)]
    if params.cell is not None and "cell_images" in result.arrays:
        cell, kept = chosen_cell(params), answers_behind(result, params.matrix)
        images = result.arrays["cell_images"].astype(np.uint8)
        shown = images_behind(cell, kept)[: len(images)]
        network = name_behind(result, params.matrix)
        drawn.append(cell_figure(cell, kept, palette(data.palette), shown, images, network=network))
    return drawn


def chosen_cell(params: EvaluateParams) -> Cell:
    """The cell that was asked for; there must be one."""
    row, column = (int(digit) for digit in (params.cell or "").split(","))
    return Cell(params.matrix.removeprefix(f"{AGAINST}-"), row, column)


def answers_behind(result: Result, matrix: str) -> Predictions:
    """The answers that a matrix counts, by its figure's name. Raises BadInput where the result has kept none."""
    shown = of_second(result) if matrix.startswith(AGAINST) else result
    cell = Cell(matrix.removeprefix(f"{AGAINST}-"), 0, 0)
    kept = read_predictions(shown.arrays, cell.counted_by.split)
    if kept is None:
        raise BadInput("This evaluation is from before each image's prediction was kept: evaluate once more.")
    return kept


def _measured(subject: SubjectParams, trained: TrainParams, data: BiasedDataset, report: Report) -> Result:
    """What one network makes of the data. trained: what is kept of its training."""
    from lazytui.evaluation import metrics
    from lazytui.evaluation.scorecard import evaluate_split, evaluate_splits
    from lazytui.models.checkpoints import load_model
    from lazytui.models.output_kind import advice_on_answers
    from lazytui.system.hardware import choose_hardware

    report.check()
    run = report.workspace.find(subject.run)
    report.note(f"asking {run.reference}")
    hardware = choose_hardware(subject.device, "fp32")
    network = load_model(run.path, name=subject.model or trained.model).to(hardware.device)
    if advice := advice_on_answers(network):
        report.note(advice)
    card = evaluate_splits(network, data, hardware)
    probe = card.probe.split
    return Result(
        metrics=card.metrics(),
        facts={
            "name": run.display_name,
            "trained": trained.model_dump(mode="json"),
            "samples": {name: len(getattr(card, name).split) for name in SPLIT_NAMES},
            "by_split": {name: getattr(card, name).metrics() for name in SPLIT_NAMES},
            "conflicting": int(metrics.is_conflicting(probe.digits, probe.colors).sum()),
        },
        arrays={
            **_counted(card),
            "cue_conflict_images": data.cue_conflict.images,
            "cue_conflict_probabilities": evaluate_split(network, data.cue_conflict, hardware).probabilities,
        },
    )


def _counted(card: Scorecard) -> dict[str, NDArray[np.generic]]:
    from lazytui.data.association import contingency
    from lazytui.evaluation import metrics

    arrays: dict[str, NDArray[np.generic]] = {}
    for name in SPLIT_NAMES:
        seen = getattr(card, name)
        arrays |= split_predictions(seen.split, seen.probabilities).arrays(name)
        arrays[f"confusion_{name}"] = metrics.confusion_matrix(seen.split.digits, seen.predicted)
    probe = card.probe.split
    arrays["cell_accuracy"] = metrics.group_accuracies(probe.digits, probe.colors, card.probe.predicted)
    arrays["cell_counts"] = contingency(probe.digits, probe.colors)
    return arrays


def _both(first: Result, second: Result) -> Result:
    """One result of two networks: what is the second's alone has its name after `against_`."""
    own = {name: array for name, array in second.arrays.items() if not np.array_equal(array, first.arrays[name], True)}
    return Result(
        metrics={**first.metrics, **{f"{AGAINST}_{name}": value for name, value in second.metrics.items()}},
        facts={**first.facts, AGAINST: second.facts},
        arrays={**first.arrays, **{f"{AGAINST}_{name}": array for name, array in own.items()}},
    )


def _with_cell(params: EvaluateParams, result: Result, data: BiasedDataset) -> Result:
    """The result with the images of the cell that was asked for, as far as they are shown."""
    if params.cell is None:
        return result
    cell, kept = chosen_cell(params), answers_behind(result, params.matrix)
    images = painted_again(data, cell, kept)[images_behind(cell, kept)[:SHOWN]]
    return replace(result, arrays={**result.arrays, "cell_images": images})


def _asked_about(params: EvaluateParams, workspace: Workspace) -> TrainParams:
    """The parameters of the first network's training, with the data that were asked for here."""
    trained = trained_with(params, workspace)
    return trained.model_copy(update={"hard": params.hard or trained.hard})


ANALYSIS = Analysis(params=EvaluateParams, run=run, figures=figures, read=read, settle=settle)
