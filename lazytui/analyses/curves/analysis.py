"""Curves: the points of several trainings, those of a training that goes on up to now."""

from __future__ import annotations

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.curves.figures import figures
from lazytui.analyses.curves.params import CurvesParams
from lazytui.analyses.curves.result import CurvesResult, Points, read, write
from lazytui.analyses.train.figures import stages
from lazytui.analyses.train.params import TrainParams
from lazytui.errors import BadInput
from lazytui.runs.human_names import short_names
from lazytui.runs.metric_history import Columns, read_history
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def resolve(params: CurvesParams, workspace: Workspace) -> CurvesParams:
    """Each training once; all must have points."""
    runs = [workspace.find(reference, kinds=("train",)) for reference in params.runs]
    for run in runs:
        _points(run)
    return params.model_copy(update={"runs": tuple(dict.fromkeys(workspace.reference(run) for run in runs))})


def run(params: CurvesParams, report: Report) -> CurvesResult:
    runs = [report.workspace.find(reference) for reference in params.runs]
    trained = [_trained(run) for run in runs]
    points = [_points(run) for run in runs]
    return CurvesResult(
        names=tuple(short_names(runs)),
        samples=tuple(one.metrics_samples for one in trained),
        stages=tuple(_stages(run, one) for run, one in zip(runs, trained, strict=True)),
        trainings=tuple(Points(one) for one in points),
        content=content_to_keep(trained[0]),
    )


def _trained(run: RunFolder) -> TrainParams:
    trained = recorded_params(run)
    assert isinstance(trained, TrainParams)
    return trained


def _points(run: RunFolder) -> Columns:
    """From its log, or from the result of a training that came without one. Raises BadInput where there is none yet."""
    points = read_history(run.events)
    if not len(points["step"]) and run.has_result:
        points = dict(recorded_result(run).history)
    if not len(points.get("step", ())):
        raise BadInput(f"{run.reference} has no point of its curves yet.")
    return points


def _stages(run: RunFolder, trained: TrainParams) -> tuple[tuple[str, float], ...]:
    """Of a training that is done; of another one nobody knows how many steps it has."""
    if run.status.state != "done" or not run.has_result:
        return ()
    return tuple((mark.name, float(mark.value)) for mark in stages(trained, recorded_result(run).steps))


ANALYSIS = Analysis(params=CurvesParams, run=run, figures=figures, write=write, read=read, resolve=resolve)
