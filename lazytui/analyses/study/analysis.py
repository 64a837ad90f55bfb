"""Study: a grid of methods, biases and seeds, trained side by side and compared."""

from __future__ import annotations

from itertools import product
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lazytui.analyses.compare.analysis import MetricName
from lazytui.analyses.compare.figures import drawn
from lazytui.analyses.compare.recipe_groups import labelled
from lazytui.analyses.compare.result import STUDY
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.study.figures import by_bias
from lazytui.analyses.train.analysis import TrainParams
from lazytui.analyses.trainings.training_grid import GridParams, carried, failures, settled_source
from lazytui.catalog_fields import known, named
from lazytui.data.params import CanvasParams
from lazytui.figures.kinds import Figure
from lazytui.list_values import separated
from lazytui.runs.executors import LocalProcesses
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace
from lazytui.training.methods import ABOUT, METHODS
from lazytui.training.methods.method_options import MethodOptions
from lazytui.training.settings import LoopSettings

_SHARED = [name for name in TrainParams.model_fields if name not in {"method", "seed", "bias"}]


class StudyGrid(GridParams):
    """What varies."""

    methods: Annotated[tuple[str, ...], BeforeValidator(separated)] = named(
        ("jtt", "kmeans", "rex", "group-dro", "bias-balance"),
        "Training methods: grl,rex,jtt. Each is trained with every bias and every seed.",
        ABOUT,
    )
    bias: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], BeforeValidator(separated)] = Field(
        (0.95,), description="How often a digit wears its dominant color: 0.95,0.98,0.99,0.995."
    )
    rank: MetricName = Field("unbiased_accuracy", description="The metric that orders the leaderboard.")


class StudyParams(CanvasParams, MethodOptions, LoopSettings, StudyGrid):
    """The grid, and what all of its trainings have in common."""

    epochs: int = Field(
        5, ge=1, le=10_000, description="Passes over the training split. Cures need time: two passes are few."
    )

    @field_validator("methods")
    @classmethod
    def _known_methods(cls, methods: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known("method", method, METHODS) for method in methods)

    @model_validator(mode="after")
    def _check_options(self) -> StudyParams:
        for name in MethodOptions.model_fields:
            if getattr(self, name) is not None and not any(name in METHODS[method].options for method in self.methods):
                raise ValueError(f"None of {', '.join(self.methods)} reads {name.replace('_', '-')}.")
        return self


def cells(params: StudyParams) -> dict[str, TrainParams]:
    """The trainings of the grid by name, one seed after the other, so that an early look is a fair one."""
    controls = ("erm", *(METHODS[method].control for method in params.methods)) if params.plain else ()
    methods = dict.fromkeys(filter(None, (*controls, *params.methods)))
    grid = product(params.seeds, params.bias, methods)
    return {f"{method}, bias {bias:g}, seed {seed}": _cell(params, method, bias, seed) for seed, bias, method in grid}


def _cell(params: StudyParams, method: str, bias: float, seed: int) -> TrainParams:
    """One training; of the options of methods it takes those that its own reads."""
    foreign = set(MethodOptions.model_fields) - set(METHODS[method].options)
    shared = {name: getattr(params, name) for name in _SHARED if name not in foreign}
    return TrainParams.model_validate({**shared, "method": method, "bias": bias, "seed": seed})


def settle(params: StudyParams, workspace: Workspace) -> StudyParams:
    """Name the source; refuse a grid with a training that its method can't do."""
    return params.model_copy(update={"source": settled_source(cells(params), workspace)})


def run(params: StudyParams, report: Report) -> Result:
    return carried(cells(params), LocalProcesses(params.jobs), report)


def figures(params: StudyParams, result: Result) -> list[Figure]:
    groups = result.facts["groups"]
    compared = drawn(groups, rank=params.rank, x="easy_accuracy", y="hard_accuracy") if groups else []
    return [*compared[:1], *failures(result), *by_bias(labelled(groups), params.rank), *compared[1:]]


def label(params: StudyParams) -> str:
    return "-".join(params.methods) if len(params.methods) <= 2 else f"{len(params.methods)}-methods"


ANALYSIS = Analysis(params=StudyParams, run=run, figures=figures, read=STUDY.read, settle=settle, label=label)
