"""The steps of recipes: other analyses of the networks that were trained, side by side, level by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lazytui.analyses import analysis
from lazytui.analyses.core.execute import find_or_create, references, resolve_params, validate, without_damaged
from lazytui.analyses.recipe.earlier_studies import Recipe, Step
from lazytui.analyses.recipe.result import StepRun
from lazytui.analyses.trainings.trainings_result import Failure
from lazytui.errors import LazytuiError
from lazytui.runs.executors import Executor
from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.run_folder import RunFolder


@dataclass(frozen=True)
class StepOf:
    """A step of a recipe on the network of a seed. reported: what of it the recipe reports, by `step.metric`."""

    recipe: str
    name: str
    step: Step
    seed: int
    reported: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.recipe}, {self.name}, seed {self.seed}"

    @property
    def takes(self) -> Output:
        return self.recipe, self.step.of, self.seed

    @property
    def makes(self) -> Output:
        return self.recipe, self.name, self.seed


Output = tuple[str, str, int]
"""A run by recipe, step (empty for the training) and seed."""


def steps_of(name: str, recipe: Recipe, seed: int) -> list[StepOf]:
    """The steps of a recipe on the network of a seed, in order."""
    return [
        StepOf(name, step, one, seed, tuple(metric for metric in recipe.reported if metric.startswith(f"{step}.")))
        for step, one in recipe.steps.items()
    ]


@dataclass(frozen=True)
class StepsTaken:
    """runs: of each step that was begun, by its title. refused: of each that couldn't be. measured: by recipe."""

    runs: Mapping[str, RunFolder]
    refused: Mapping[str, Failure]
    measured: Mapping[str, list[StepRun]]


def take_steps(
    steps: list[StepOf], networks: Mapping[Output, RunFolder], device: str, executor: Executor, report: Report
) -> StepsTaken:
    """Take every step of which there is what it takes. networks: the trainings that are done."""
    done, runs, refused = dict(networks), dict[str, RunFolder](), dict[str, Failure]()
    waiting = steps
    while ready := [step for step in waiting if step.takes in done]:
        waiting = [step for step in waiting if step not in ready]
        begun: dict[str, RunFolder] = {}
        for step in ready:
            try:
                begun[step.title] = _run_of(step, done[step.takes], device, report)
            except LazytuiError as error:
                refused[step.title] = Failure("", "refused", str(error))
        executor.execute(begun, report, lambda _: "", "steps")
        runs |= begun
        done |= {step.makes: begun[step.title] for step in ready if _is_done(begun.get(step.title))}
    measured: dict[str, list[StepRun]] = {}
    for step in steps:
        if step.makes in done:
            measured.setdefault(step.recipe, []).append(_measured(step, done[step.makes]))
    return StepsTaken(runs, refused, measured)


def _is_done(run: RunFolder | None) -> bool:
    return run is not None and run.status.state == "done"


def _measured(step: StepOf, run: RunFolder) -> StepRun:
    metrics = read_metrics(run.path)
    return StepRun(run.reference, step.seed, {name: metrics.get(name.partition(".")[2]) for name in step.reported})


def _run_of(step: StepOf, takes: RunFolder, device: str, report: Report) -> RunFolder:
    """The same that is done, the one that was begun here, or else a new one."""
    kind = step.step.kind
    params = validate(kind, dict(_options(step, takes, device)))
    resolved, _ = resolve_params(kind, params, report.workspace)
    recorded = resolved.model_dump(mode="json")
    same = [r for r in report.workspace.readable_runs() if r.record.kind == kind and r.record.params == recorded]
    return find_or_create(kind, params, without_damaged(same, report), report)


def _options(step: StepOf, takes: RunFolder, device: str) -> Iterator[tuple[str, Any]]:
    params = analysis(step.step.kind).params
    (taken,) = (name for name, mark in references(params) if mark.argument)
    yield taken, takes.reference
    yield "device", device
    if "seed" in params.model_fields:
        yield "seed", step.seed
    yield from step.step.options.items()
