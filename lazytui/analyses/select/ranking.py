"""Trainings over seeds, ranked by what can be measured without labels of the shortcut."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lazytui.analyses.core.metric_catalog import OF_SELECTORS
from lazytui.analyses.select.candidate_scores import Answers, candidate_probabilities, find_plain_training, selectors_of
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.same_data import differing_options
from lazytui.analyses.trainings.training_lookup import trained_params
from lazytui.analyses.trainings.trainings_result import RecipeTrainings
from lazytui.data.splits import build_dataset
from lazytui.errors import UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from lazytui.system.hardware import Hardware

METRIC_OF = {
    "worst class": "worst_class_accuracy",
    "worst environment": "worst_environment_accuracy",
    "worst group": "worst_pseudo_group_accuracy",
    "worst swap": "worst_swap_accuracy",
}
"""The metric of each selector (`lazytui.groups.selectors`)."""


def require_one_data_set(rank: str, trainings: Mapping[str, TrainParams]) -> None:
    """Raise UsageError where trainings, by their names, can't be ranked: on other data, but for their seeds."""
    if rank not in OF_SELECTORS or not trainings:
        return
    (first, data), *others = trainings.items()
    for name, other in others:
        if different := differing_options(data, other, ignored=("seed",)):
            raise UsageError(
                f"--rank {rank} needs networks of the same data, and {name} was trained on other data than {first}: "
                f"{', '.join(different)}."
            )


def with_selector_metrics(
    groups: Sequence[RecipeTrainings], named: Sequence[str], device: str, report: Report
) -> list[RecipeTrainings]:
    """The same trainings with the value of each selector among their metrics, on their seed's validation split.

    named: properties that are exchanged; groups are inferred from the first. Raises BadInput where there is no plain
    network.
    """
    from lazytui.system.torch_import import require_torch

    report.note("loading torch and the images")
    require_torch()
    from lazytui.system.hardware import choose_hardware, configure_torch

    configure_torch()
    hardware = choose_hardware(device, "fp32")
    runs = [report.workspace.find(run.run) for group in groups for run in group.runs]
    values_by_run: dict[str, dict[str, float | None]] = {}
    for of_seed in by_seed(runs):
        report.progress(len(values_by_run), len(runs), "networks")
        values_by_run |= _values(of_seed, named, hardware, report)
    report.progress(len(values_by_run), len(runs), "networks")
    return [
        replace(group, runs=[replace(run, metrics={**run.metrics, **values_by_run[run.run]}) for run in group.runs])
        for group in groups
    ]


def by_seed(runs: Iterable[RunFolder]) -> list[list[RunFolder]]:
    """Trainings of each seed together: their validation images are the same."""
    runs_by_seed: dict[int, list[RunFolder]] = {}
    for run in runs:
        runs_by_seed.setdefault(trained_params(run).seed, []).append(run)
    return list(runs_by_seed.values())


def _values(
    runs: Sequence[RunFolder], named: Sequence[str], hardware: Hardware, report: Report
) -> dict[str, dict[str, float | None]]:
    """Of trainings on the same data, by reference and metric; None where undefined."""
    split = build_dataset(trained_params(runs[0])).validation
    plain = find_plain_training(runs, report.workspace)
    of_plain = candidate_probabilities(plain, plain.path, split, hardware, report)
    selectors = selectors_of(split, of_plain, named, report)
    values_by_run = {}
    for run in runs:
        answers = Answers(run, run.path, split, hardware, report)
        values = {METRIC_OF[name]: selectors[name](answers) for name in METRIC_OF if name in selectors}
        values_by_run[run.reference] = {name: value if math.isfinite(value) else None for name, value in values.items()}
    return values_by_run
