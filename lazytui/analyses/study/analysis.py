"""Study: a grid of methods, biases and seeds, trained side by side and compared."""

from __future__ import annotations

from itertools import product

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.study.figures import by_bias
from lazytui.analyses.study.params import StudyParams
from lazytui.analyses.study.result import StudyResult, read, write
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import labeled_groups
from lazytui.analyses.trainings.training_grid import failures, resolved_source, train_grid
from lazytui.counted_nouns import counted
from lazytui.figures.kinds import Column, Figure, Table
from lazytui.runs.executors import LocalProcesses
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace
from lazytui.training.methods import METHODS
from lazytui.training.settings import AllMethodOptions

_SHARED = [name for name in TrainParams.model_fields if name not in {"method", "seed", "bias"}]


def cells(params: StudyParams) -> dict[str, TrainParams]:
    """The trainings of the grid by name, one seed after the other, so that an early look is a fair one."""
    grid = product(params.seeds, params.bias, _methods(params))
    return {f"{method}, bias {bias:g}, seed {seed}": _cell(params, method, bias, seed) for seed, bias, method in grid}


def _methods(params: StudyParams) -> list[str]:
    """Those that are trained, controls first."""
    controls = ("erm", *(METHODS[method].control for method in params.methods)) if params.plain else ()
    return list(dict.fromkeys(filter(None, (*controls, *params.methods))))


def planned_trainings(params: StudyParams) -> Table:
    """What the study is going to train, by method."""
    methods, networks = _methods(params), len(params.bias) * len(params.seeds)
    shared = (", ".join(f"{bias:g}" for bias in params.bias), ", ".join(map(str, params.seeds)), networks)
    return Table(
        name="planned",
        title=f"What it trains: {counted(len(methods) * networks, 'network')}, {counted(params.epochs, 'epoch')} each",
        note="Each method with every bias and seed; plain training and other controls are what methods are held "
        "against (--no-plain leaves them out). Trainings that the workspace has already are reused.",
        columns=tuple(Column(name=name) for name in ("method", "what it does", "biases", "seeds", "networks")),
        rows=tuple((name, METHODS[name].summary, *shared) for name in methods),
    )


def _cell(params: StudyParams, method: str, bias: float, seed: int) -> TrainParams:
    """One training; of what only some methods read it takes what its own does."""
    foreign = set(AllMethodOptions.OPTIONS) - set(METHODS[method].options.model_fields)
    foreign |= set() if METHODS[method].reads_colors else {"colors"}
    shared = {name: getattr(params, name) for name in _SHARED if name not in foreign}
    return TrainParams.model_validate({**shared, "method": method, "bias": bias, "seed": seed})


def resolve(params: StudyParams, workspace: Workspace) -> StudyParams:
    """Name the source; refuse a grid with a training that its method can't do."""
    return params.model_copy(update={"source": resolved_source(cells(params), workspace)})


def run(params: StudyParams, report: Report) -> StudyResult:
    return train_grid(cells(params), LocalProcesses(params.jobs), report, StudyResult)


def figures(params: StudyParams, result: StudyResult) -> list[Figure]:
    groups, axes = result.groups, {"x": "easy_accuracy", "y": "hard_accuracy"}
    compared = leaderboard_figures(groups, rank=params.rank, **axes) if groups else []
    return [*compared[:1], *failures(result), *by_bias(labeled_groups(groups), params.rank), *compared[1:]]


def label(params: StudyParams) -> str:
    return "-".join(params.methods) if len(params.methods) <= 2 else f"{len(params.methods)}-methods"


ANALYSIS = Analysis(params=StudyParams, run=run, figures=figures, write=write, read=read, resolve=resolve, label=label)
