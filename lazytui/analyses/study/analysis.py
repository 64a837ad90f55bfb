"""Study: a grid of methods, biases, seeds and any other options, trained side by side and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from pydantic import ValidationError

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.metric_catalog import OF_SELECTORS
from lazytui.analyses.select.ranking import require_one_data_set, with_selector_metrics
from lazytui.analyses.select.ranking_figures import choice_figures
from lazytui.analyses.study.figures import by_bias, by_swept_value
from lazytui.analyses.study.params import MOST_TRAININGS, StudyParams
from lazytui.analyses.study.result import StudyResult, read, write
from lazytui.analyses.study.sweep import combinations_of, number_of_combinations, value_text
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import labeled_groups, measured_rank
from lazytui.analyses.trainings.training_grid import failures, resolved_engine, resolved_source, train_grid
from lazytui.code_permission import is_custom
from lazytui.counted_nouns import counted
from lazytui.data.params import PaintingParams
from lazytui.errors import UsageError
from lazytui.figures.kinds import Column, Figure, Table
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace
from lazytui.training.methods import METHODS
from lazytui.training.settings import AllMethodOptions
from lazytui.validation_messages import error_sentence

_NOT_SHARED = {"method", "seed", "bias", "recorded_content", "outputs", "profile"}
_SHARED = [name for name in TrainParams.model_fields if name not in _NOT_SHARED]


def cells(params: StudyParams) -> dict[str, TrainParams]:
    """The trainings of the grid by name, one seed after the other, so that an early look is a fair one.

    Of an option that its method doesn't read a training has no value, so that it is there once for all of them.
    """
    swept = combinations_of(params.axes, params.combining)
    grid = product(params.seeds, params.bias, swept, _methods(params))
    trainings = {}
    for seed, bias, combination, method in grid:
        own = {name: value for name, value in combination.items() if name not in _foreign_options(method)}
        settings = [f"{name.replace('_', ' ')} {value_text(value)}" for name, value in own.items()]
        name = ", ".join((method, f"bias {bias:g}", *settings, f"seed {seed}"))
        if name not in trainings:
            trainings[name] = _cell(params, method, bias, seed, own, name)
    return trainings


def number_of_trainings(params: StudyParams) -> int:
    """At most how many `cells` has, without making them."""
    combinations = number_of_combinations(params.axes, params.combining)
    return len(_methods(params)) * len(params.bias) * len(params.seeds) * combinations


def _methods(params: StudyParams) -> list[str]:
    """Those that are trained, controls first."""
    controls = ("erm", *(METHODS[method].control for method in params.methods)) if params.plain else ()
    return list(dict.fromkeys(filter(None, (*controls, *params.methods))))


def planned_trainings(params: StudyParams) -> Table:
    """What the study is going to train, by method."""
    methods, networks = _methods(params), number_of_trainings(params)
    swept = [f"{axis.title} {', '.join(map(value_text, axis.values))}" for axis in params.axes]
    shared = (
        ", ".join(f"{bias:g}" for bias in params.bias),
        ", ".join(map(str, params.seeds)),
        networks // len(methods),
    )
    epochs = [] if any(axis.name == "epochs" for axis in params.axes) else [f"{counted(params.epochs, 'epoch')} each"]
    return Table(
        name="planned",
        title=", ".join((f"What it trains: {counted(networks, 'network')}", *epochs, *swept)),
        note="Each method with every bias and seed. Methods are compared with plain training and other controls "
        "(--no-plain leaves these out). Trainings that the workspace already has are reused.",
        columns=tuple(Column(name=name) for name in ("method", "what it does", "biases", "seeds", "networks")),
        rows=tuple((name, METHODS[name].summary, *shared) for name in methods),
    )


def _cell(params: StudyParams, method: str, bias: float, seed: int, swept: Mapping[str, Any], name: str) -> TrainParams:
    """One training; of what only some methods read it takes what its own does. Raises UsageError for no training."""
    left_out = {*_foreign_options(method), *(_filled_by_preset(params) if "dataset" in swept else ())}
    shared = {field: getattr(params, field) for field in _SHARED if field not in left_out}
    try:
        return TrainParams.model_validate({**shared, **swept, "method": method, "bias": bias, "seed": seed})
    except ValidationError as error:
        raise UsageError(f"{name}: {error_sentence(error.errors()[0])}") from error


def _foreign_options(method: str) -> set[str]:
    """Options that others read and this method doesn't."""
    foreign = set(AllMethodOptions.OPTIONS) - set(METHODS[method].options.model_fields)
    entry = METHODS[method]
    return foreign | (set() if entry.reads_colors else {"colors"}) | (set() if entry.reads_values else {"groups"})


def _filled_by_preset(params: StudyParams) -> set[str]:
    """What the data set says that nobody chose otherwise, and that another data set says for itself."""
    own = StudyParams(dataset=params.dataset)
    return {name for name in PaintingParams.model_fields if getattr(params, name) == getattr(own, name)}


def resolve(params: StudyParams, workspace: Workspace) -> StudyParams:
    """Name the source; refuse a grid with a training that its method can't do."""
    count = number_of_trainings(params)
    if count > MOST_TRAININGS and not params.yes:
        raise UsageError(f"That is {counted(count, 'training')}; --yes trains them.")
    trainings = cells(params)
    if len(params.bias) > 1 and not next(iter(trainings.values())).plants:
        raise UsageError(f"The images of {params.source} have no bias that could be chosen: give one --bias alone.")
    if params.rank in OF_SELECTORS:
        _require_rankable(params, trainings)
    engine = resolved_engine(params)
    return params.model_copy(update={"source": resolved_source(trainings, workspace), "engine": engine})


def _require_rankable(params: StudyParams, trainings: Mapping[str, TrainParams]) -> None:
    """Raise UsageError where the networks can't be ranked without labels."""
    require_one_data_set(params.rank, trainings)
    if "erm" not in _methods(params):
        raise UsageError(f"--rank {params.rank} infers environments from plain networks: leave out --no-plain.")
    if is_custom(params.model):
        raise UsageError(f"--rank {params.rank} doesn't execute custom code: rank by another metric.")


def run(params: StudyParams, report: Report) -> StudyResult:
    result = train_grid(cells(params), params.executor(), report, StudyResult)
    if params.rank not in OF_SELECTORS:
        return result
    return replace(result, groups=with_selector_metrics(result.groups, params.property or (), params.device, report))


def figures(params: StudyParams, result: StudyResult) -> list[Figure]:
    groups, axes = result.groups, {"x": "easy_accuracy", "y": "hard_accuracy"}
    rank, labeled = measured_rank(groups, params.rank), labeled_groups(groups)
    compared = leaderboard_figures(groups, rank=rank, **axes) if groups else []
    swept = by_swept_value(labeled, params.axes, rank, params.combining)
    compared[1:1] = choice_figures(groups, rank)
    return [*compared[:1], *failures(result), *swept, *by_bias(labeled, rank, params.axes), *compared[1:]]


def label(params: StudyParams) -> str:
    return "-".join(params.methods) if len(params.methods) <= 2 else f"{len(params.methods)}-methods"


ANALYSIS = Analysis(params=StudyParams, run=run, figures=figures, write=write, read=read, resolve=resolve, label=label)
