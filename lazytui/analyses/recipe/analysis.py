"""Recipe: do again what earlier studies did, and set what they reported beside what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.recipe.earlier_studies import recipes, tolerance
from lazytui.analyses.recipe.figures import figures, write_page
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.recipe.planned_trainings import cells, training_of
from lazytui.analyses.recipe.result import RecipeResult, Reproduction, read, write
from lazytui.analyses.recipe.steps import Output, StepOf, steps_of, take_steps
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_grid import (
    TrainedCells,
    failures_of,
    require_finished,
    resolved_engine,
    resolved_source,
    train_cells,
)
from lazytui.analyses.trainings.training_lookup import key_of, recipe_of
from lazytui.counted_nouns import counted
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def resolve(params: RecipeParams, workspace: Workspace) -> RecipeParams:
    """Name the source, and see that the methods can do with it."""
    engine = resolved_engine(params)
    return params.model_copy(update={"source": resolved_source(cells(params), workspace), "engine": engine})


def run(params: RecipeParams, report: Report) -> RecipeResult:
    trainings, executor = cells(params), params.executor()
    trained = train_cells(trainings, executor, report)
    named = [(name, recipes()[name]) for name in params.names]
    steps = [step for name, recipe in named for seed in params.used_seeds for step in steps_of(name, recipe, seed)]
    taken = take_steps(steps, _networks(params, trainings, trained, steps), params.device, executor, report)
    reproductions = {
        name: Reproduction(recipes()[name], _own_key(params, name), taken.measured.get(name, ()))
        for name in params.names
    }
    result = RecipeResult(**trained.fields, recipes=reproductions, tolerance=tolerance())
    failed = {**result.failed, **failures_of(taken.runs), **taken.refused}
    result = replace(result, failed=failed)
    write_page(params, result, report)
    begun = f"{counted(len(trainings), 'training')} and {counted(len(steps), 'step')}" if steps else ""
    return require_finished(result, report, begun)


def _networks(
    params: RecipeParams, trainings: Mapping[str, TrainParams], trained: TrainedCells, steps: list[StepOf]
) -> dict[Output, RunFolder]:
    """The trainings that are done, as what steps take."""
    networks = {}
    for step in steps:
        wanted = training_of(params, step.recipe, step.seed)
        run = next(trained.runs[name] for name, one in trainings.items() if one == wanted)
        if run.status.state == "done":
            networks[step.recipe, "", step.seed] = run
    return networks


def _own_key(params: RecipeParams, name: str) -> str:
    return key_of(recipe_of(training_of(params, name, 0)))


ANALYSIS = Analysis(
    params=RecipeParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
    label=lambda params: params.recipe,
)
