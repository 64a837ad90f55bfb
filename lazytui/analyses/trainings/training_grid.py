"""A grid of trainings: what the workspace has is taken, the rest runs side by side, and failures are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, field_validator

from lazytui.analyses.core.analysis import Params
from lazytui.analyses.train.analysis import resolve as resolve_training
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_lookup import Trainings, known_trainings, same_training
from lazytui.analyses.trainings.trainings_result import Failure, GridResult
from lazytui.catalog_fields import name_field, require_name
from lazytui.counted_nouns import counted
from lazytui.data.splits import with_found_data
from lazytui.errors import UsageError
from lazytui.figures.kinds import Column, Table
from lazytui.list_values import split_numbers
from lazytui.runs.engines.catalog import open_engine
from lazytui.runs.engines.engine import Engine
from lazytui.runs.engines.local import MOST_PER_DEVICE
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.engines.settings import AUTO, ENGINES, LOCAL, chosen_engine, read_option
from lazytui.runs.executors import Executor
from lazytui.runs.formatting import accuracies_text
from lazytui.runs.jobs import resume_command
from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import Unfinished, read_metrics
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def _texts(value: Any) -> Any:
    """Of a form they come in one text."""
    return tuple(value.split()) if isinstance(value, str) else value


class GridParams(Params):
    """What every grid of trainings is asked."""

    seeds: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**63)], ...], BeforeValidator(split_numbers)] = Field(
        (0, 1, 2), description="Seeds: 0-4 or 0,1,7. An interval needs two or more."
    )
    plain: bool = Field(
        True,
        description="Also train plain networks to compare with, one for every bias and seed: same data and number of "
        "steps; and for irm and rex controls with the same samples and risk but no penalty.",
    )
    jobs: int = Field(
        0,
        ge=0,
        le=256,
        description="Trainings at a time, which share the cores. 0 chooses: one per core, at most eight; on another "
        "engine, as many as its queue takes.",
    )
    engine: str = name_field(
        AUTO,
        "Where trainings are executed: local, slurm or ray; auto is the engine that engines.toml names, else local.",
        {AUTO: "what engines.toml names, else local", **ENGINES},
    )
    engine_option: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        (), description="An option for the engine, such as time=2:00:00 or partition=gpu. Repeatable."
    )

    per_device: int | None = Field(
        None,
        ge=1,
        le=MOST_PER_DEVICE,
        description="Trainings at a time on each GPU of this machine; like --engine-option per-device=N.",
    )

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, engine: str) -> str:
        return require_name("engine", engine, (AUTO, *ENGINES))

    @field_validator("engine_option")
    @classmethod
    def _readable_options(cls, options: tuple[str, ...]) -> tuple[str, ...]:
        for option in options:
            read_option(option)
        return options

    def open_engine(self) -> Engine:
        """The engine that executes the trainings. Raises LazytuiError where there is none of that kind."""
        options = list(self.engine_option)
        if self.per_device is not None:
            if (name := chosen_engine(self.engine)) != LOCAL:
                raise UsageError(f"--per-device shares this machine's GPUs, and the engine is {name}.")
            options.append(f"per-device={self.per_device}")
        return open_engine(self.engine, options, self.jobs)

    def executor(self) -> Executor:
        return EngineExecutor(self.open_engine())


G = TypeVar("G", bound=GridResult)

Cells = Mapping[str, TrainParams]
"""Trainings by what sets each apart from the others."""


def resolved_engine(params: GridParams) -> str:
    """The engine by name. Raises LazytuiError where it can be known that it won't take the trainings."""
    params.open_engine().check()
    return chosen_engine(params.engine)


def resolved_source(cells: Cells, workspace: Workspace) -> str:
    """The source that all cells paint, by name. Raises UsageError for a training that can't do what it is asked."""
    (source,) = {resolve_training(cell, workspace).source for cell in cells.values()}
    return source


def train_grid(cells: Cells, executor: Executor, report: Report, result_of: Callable[..., G]) -> G:
    """Train what isn't trained, and group all by recipe. Raises Unfinished where a cell failed.

    result_of: makes the result of the fields of a GridResult.
    """
    return require_finished(result_of(**train_cells(cells, executor, report).fields), report)


@dataclass(frozen=True)
class TrainedCells:
    """runs: of each cell, finished or failed. there: how many of them were done before."""

    runs: Mapping[str, RunFolder]
    there: int

    @property
    def fields(self) -> dict[str, Any]:
        """Those of a GridResult."""
        trainings, failed = Trainings(), failures_of(self.runs)
        for name, run in self.runs.items():
            if name not in failed:
                trainings.add(run)
        count = len(self.runs)
        return {
            "trainings": count,
            "done": count - len(failed),
            "failed_count": len(failed),
            "there": self.there,
            "groups": trainings.groups,
            "failed": failed,
        }


def failures_of(runs: Mapping[str, RunFolder]) -> dict[str, Failure]:
    """Those of the runs that aren't done."""
    return {
        name: Failure(run.id, run.status.state, run.status.error or "")
        for name, run in runs.items()
        if run.status.state != "done"
    }


def train_cells(cells: Cells, executor: Executor, report: Report) -> TrainedCells:
    """Train what isn't trained."""
    known_runs = list(known_trainings(report.workspace, report.note))
    cells = {name: with_found_data(cell) for name, cell in cells.items()}
    runs = {name: _run_of(cell, known_runs, report) for name, cell in cells.items()}
    there = sum(run.status.state == "done" for run in runs.values())
    if there:
        report.note(f"{there} of {counted(len(runs), 'training')} {'is' if there == 1 else 'are'} there already")
    executor.execute(runs, report, _accuracies)
    return TrainedCells(runs, there)


def require_finished(result: G, report: Report, begun: str = "") -> G:
    """The result. Raises Unfinished, which keeps it, where something failed. begun: what was, if not only trainings."""
    if result.failed:
        first, how = next(iter(result.failed.items()))
        raise Unfinished(
            f"{len(result.failed)} of {begun or counted(result.trainings or 0, 'training')} failed "
            f"({first}: {how.error or how.state}); the others are kept. "
            f"Try those again with: {resume_command(report.run)}",
            result,
        )
    return result


def _run_of(cell: TrainParams, known_runs: list[RunFolder], report: Report) -> RunFolder:
    from lazytui.analyses.core.execute import find_or_create

    return find_or_create("train", cell, same_training(cell, known_runs), report)


def _accuracies(run: RunFolder) -> str:
    return accuracies_text(read_metrics(run.path))


def failures(result: GridResult, what: str = "Trainings") -> list[Table]:
    """What failed, where something did. what: it is of."""
    rows = tuple((name, how.state, how.error, how.run) for name, how in result.failed.items())
    table = Table(
        name="failed",
        title=f"{what} that failed",
        note="The means below are over the others. To try these again, resume this run.",
        columns=tuple(Column(name=name) for name in ("training", "state", "why", "run")),
        rows=rows,
    )
    return [table] if rows else []
