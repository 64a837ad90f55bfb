"""Select: choose among trainings and their checkpoints without labels, beside the choice by the hard split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.select.candidate_scores import (
    Answers,
    candidate_probabilities,
    find_plain_training,
    require_code_named,
    require_same_data,
    selectors_of,
)
from lazytui.analyses.select.figures import figures
from lazytui.analyses.select.params import SelectParams
from lazytui.analyses.select.result import SelectResult, read
from lazytui.analyses.train.same_data import differing_options
from lazytui.analyses.trainings.training_lookup import known_trainings, trained_params
from lazytui.data.splits import build_dataset, find_data
from lazytui.errors import BadInput, UsageError
from lazytui.runs.formatting import state_clause
from lazytui.runs.human_names import short_names
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def resolve(params: SelectParams, workspace: Workspace) -> SelectParams:
    """Name the trainings, which must be done and on the same data, and the plain one."""
    runs = [workspace.find(reference) for reference in params.runs] or _on_the_newest_data(workspace)
    for run in runs:
        if run.status.state != "done":
            raise BadInput(f"{run.reference} can't be chosen yet: it {state_clause(run.status)}.")
        require_same_data(runs[0], run)
    find_data(trained_params(runs[0]))
    named = tuple(dict.fromkeys(workspace.reference(run) for run in runs))
    if len(named) == 1 and not runs[0].weights_by_step():
        raise UsageError(
            f"{runs[0].display_name} is the only candidate: name more trainings, or train with --keep-checkpoints."
        )
    plain = workspace.find(params.plain) if params.plain else find_plain_training(runs, workspace)
    require_same_data(runs[0], plain)
    require_code_named((*runs, plain), params.model)
    return params.model_copy(update={"runs": named, "plain": workspace.reference(plain)})


def _on_the_newest_data(workspace: Workspace) -> list[RunFolder]:
    done = [run for run in known_trainings(workspace) if run.status.state == "done"]
    if not done:
        raise BadInput(f"There is no finished training in {workspace.path} to choose: begin with lazytui run train.")
    return [run for run in done if not differing_options(trained_params(done[-1]), trained_params(run))]


@dataclass(frozen=True)
class _Candidate:
    name: str
    run: RunFolder
    weights: Path
    step: int


def run(params: SelectParams, report: Report) -> SelectResult:
    report.note("loading torch and the images")
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.evaluation.metrics import accuracy, worst_group_accuracy
    from lazytui.system.hardware import choose_hardware, configure_torch

    configure_torch()
    hardware = choose_hardware(params.device, "fp32")
    runs = [report.workspace.find(reference) for reference in params.runs]
    plain = report.workspace.find(params.plain or "", kinds=("train",))
    data = build_dataset(trained_params(runs[0]))
    split, probe = data.validation, data.probe
    of_plain = candidate_probabilities(plain, plain.path, split, hardware, report)
    selectors = selectors_of(split, of_plain, params.property or (), report)
    candidates = list(_candidates(runs))
    values, hard, worst = [], [], []
    for number, one in enumerate(candidates):
        report.progress(number, len(candidates), "networks")
        answers = Answers(one.run, one.weights, split, hardware, report)
        on_hard, on_probe = (answers.of(part.images) for part in (data.hard, probe))
        values.append([selector(answers) for selector in selectors.values()])
        hard.append(accuracy(data.hard.labels, on_hard) or 0.0)
        worst.append(worst_group_accuracy(probe.labels, probe.attributes, on_probe, probe.content.groups))
    report.progress(len(candidates), len(candidates), "networks")
    columns = np.array(values, np.float64)
    names = tuple(selectors)
    if len(runs) == 1:
        names, steps = (*names, "last"), np.array([one.step for one in candidates], np.float64)
        columns = np.column_stack([columns, steps / max(steps.max(), 1)])
    result = SelectResult(
        regret=None,
        candidates=tuple(one.name for one in candidates),
        runs=tuple(one.run.reference for one in candidates),
        selectors=names,
        plain=plain.reference,
        images=len(split),
        fewest=np.array([one.fewest for one in selectors.values()] + [len(split)] * (len(runs) == 1), np.int64),
        steps=np.array([one.step for one in candidates], np.int64),
        values=columns,
        hard=np.array(hard, np.float64),
        worst_group=np.array([np.nan if one is None else one for one in worst], np.float64),
    )
    return replace(result, regret=result.regret_of(result.preferred))


def _candidates(runs: list[RunFolder]) -> Iterator[_Candidate]:
    """Each network, after its kept checkpoints, the earliest first."""
    from lazytui.analyses.core.execute import recorded_result

    for run, name in zip(runs, short_names(runs), strict=True):
        kept = dict(run.weights_by_step())
        last = recorded_result(run).steps
        for step, weights in sorted(kept.items()):
            if step < last:
                yield _Candidate(f"{name} at {step:,}", run, weights, step)
        yield _Candidate(f"{name} at {last:,}" if kept else name, run, run.path, last)


ANALYSIS = Analysis(params=SelectParams, run=run, figures=figures, write=write_fields, read=read, resolve=resolve)
