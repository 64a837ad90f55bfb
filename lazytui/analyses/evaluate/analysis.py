"""Evaluate: catch a trained network in the act of reading the color instead of the digit; one, or two side by side."""

from __future__ import annotations

from dataclasses import replace

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.metric_catalog import metric_table
from lazytui.analyses.evaluate.cell_images import MATRICES, Cell, cell_figure, images_behind, painted_again
from lazytui.analyses.evaluate.comparison_figures import comparison
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.evaluate.report_figures import report_figures, verdict
from lazytui.analyses.evaluate.result import EvaluateResult, MetricsBySplit, NetworkEvaluation, read, write
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, recorded_training, trained_with
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.other_data import painted_otherwise, with_data_named
from lazytui.analyses.networks.second_network import first_model_params, second_model_params
from lazytui.analyses.networks.second_network import resolve as resolve_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.association import contingency
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation import metrics
from lazytui.evaluation.headline_metrics import SplitSizes
from lazytui.evaluation.predictions import Predictions, split_predictions
from lazytui.figures.kinds import Figure
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

SHOWN = 60
"""The most images of a cell that a result keeps."""


def resolve(params: EvaluateParams, workspace: Workspace) -> EvaluateParams:
    """Make sure that the data can be rebuilt and suit both networks, and record which they are."""
    resolved = resolve_pair(params, workspace)
    return resolved.model_copy(update={"hard": _asked_about(resolved, workspace).hard})


def run(params: EvaluateParams, report: Report) -> EvaluateResult:
    from lazytui.system.torch_import import require_torch

    report.note("loading torch")
    require_torch()
    from lazytui.system.hardware import configure_torch

    configure_torch()
    trained = _asked_about(params, report.workspace)
    report.note("painting the splits")
    data = build_dataset(trained)
    result = EvaluateResult(_measured(first_model_params(params), trained, data, report))
    if second := second_model_params(params):
        learned = recorded_training(second.run, report.workspace)
        result = replace(result, second=_measured(second, learned, data, report))
    return _with_cell(params, result, data)


def figures(params: EvaluateParams, result: EvaluateResult) -> list[Figure]:
    data = result.first.trained
    if result.second:
        evaluation_figures = comparison(result, result.second)
    else:
        evaluation_figures = [
            verdict(result.first),
            metric_table(result.first.metrics, data, result.first.counted_shares()),
            *report_figures(result.first, data),
        ]
    if params.cell is not None and (images := result.first.cell_images) is not None:
        cell, predictions = chosen_cell(params), predictions_behind(result, params.matrix)
        indices = images_behind(cell, predictions)[: len(images)]
        network, _ = result.network_behind(params.matrix)
        evaluation_figures.append(cell_figure(cell, predictions, data.content, indices, images, network=network))
    return evaluation_figures


def chosen_cell(params: EvaluateParams) -> Cell:
    """The cell that was asked for; there must be one."""
    row, column = (int(digit) for digit in (params.cell or "").split(","))
    return Cell(params.matrix.removeprefix(f"{AGAINST}-"), row, column)


def predictions_behind(result: EvaluateResult, matrix: str) -> Predictions:
    """The predictions that a matrix counts, by its figure's name. Raises BadInput where the result has kept none."""
    _, network = result.network_behind(matrix)
    predictions = network.predictions(MATRICES[matrix.removeprefix(f"{AGAINST}-")].split)
    if predictions is None:
        raise BadInput("Made by an older version without per-image predictions: run evaluate again.")
    return predictions


def _measured(
    params: ModelUnderStudyParams, trained: TrainParams, data: BiasedDataset, report: Report
) -> NetworkEvaluation:
    """What one network makes of the data. trained: what is kept of its training."""
    from lazytui.evaluation.scorecard import evaluate_split, evaluate_splits
    from lazytui.models.output_kind import advice_on_answers
    from lazytui.system.hardware import choose_hardware
    from lazytui.training.initial_model import load_trained

    report.check()
    run = report.workspace.find(params.run)
    report.note(f"asking {run.reference}")
    hardware = choose_hardware(params.device, "fp32")
    named = trained if params.model is None else trained.model_copy(update={"model": params.model})
    network = load_trained(run.path, named, data.content).to(hardware.device)
    if advice := advice_on_answers(network):
        report.note(advice)
    card = evaluate_splits(network, data, hardware)
    split_evaluations, classes = (card.easy, card.hard, card.probe), len(data.content.classes)
    easy, hard, probe = (split_predictions(one.split, one.probabilities) for one in split_evaluations)
    conflict = data.cue_conflict if data.editor else None
    return NetworkEvaluation(
        headline=card.metrics(),
        name=run.display_name,
        trained=trained,
        samples=SplitSizes(*(len(one.split) for one in split_evaluations)),
        by_split=MetricsBySplit(*(one.metrics() for one in split_evaluations)),
        conflicting=int(probe.is_conflicting.sum()),
        easy=easy,
        hard=hard,
        probe=probe,
        confusion_easy=metrics.confusion_matrix(easy.labels, easy.predicted, classes),
        confusion_hard=metrics.confusion_matrix(hard.labels, hard.predicted, classes),
        confusion_probe=metrics.confusion_matrix(probe.labels, probe.predicted, classes),
        cell_accuracy=metrics.group_accuracies(probe.labels, probe.attributes, probe.predicted, data.content.groups),
        cell_counts=contingency(probe.labels, probe.attributes, data.content.groups),
        cue_conflict_images=conflict.images if conflict else None,
        cue_conflict_probabilities=evaluate_split(network, conflict, hardware).probabilities if conflict else None,
    )


def _with_cell(params: EvaluateParams, result: EvaluateResult, data: BiasedDataset) -> EvaluateResult:
    """The result with the images of the cell that was asked for, as far as they are shown."""
    if params.cell is None:
        return result
    cell, predictions = chosen_cell(params), predictions_behind(result, params.matrix)
    images = painted_again(data, cell, predictions)[images_behind(cell, predictions)[:SHOWN]]
    return replace(result, first=replace(result.first, cell_images=images))


def _asked_about(params: EvaluateParams, workspace: Workspace) -> TrainParams:
    """The parameters of the first network's training, with the data that were asked for here."""
    trained = trained_with(params, workspace)
    return trained if params.hard is None else painted_otherwise(trained, {"hard": params.hard})


ANALYSIS = Analysis(
    params=EvaluateParams, run=run, figures=with_data_named(figures), write=write, read=read, resolve=resolve
)
