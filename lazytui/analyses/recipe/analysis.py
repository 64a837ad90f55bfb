"""Recipe: train again what an earlier study trained, and set what it reported beside what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes, tolerance
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.recipe.reproduction import Tolerance
from lazytui.analyses.recipe.result import RecipeResult, read, write
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import comparison_trainings
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import Group, labeled_groups
from lazytui.analyses.trainings.training_grid import failures, resolved_source, train_grid
from lazytui.analyses.trainings.training_lookup import key_of, recipe_of
from lazytui.counted_nouns import counted
from lazytui.evaluation.seed_statistics import SeedMean
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Table, Text
from lazytui.runs.executors import LocalProcesses
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace


def cells(params: RecipeParams) -> dict[str, TrainParams]:
    """The trainings by name."""
    found = {}
    for seed in params.seeds:
        trained = training(recipes()[params.recipe], **_of_the_data(params), seed=seed, device=params.device)
        found[f"{params.recipe}, seed {seed}"] = trained
        if params.plain:
            names = {"erm": "plain"}
            found |= {f"{names.get(o.method, o.method)}, seed {seed}": o for o in comparison_trainings(trained)}
    return found


def training(recipe: Recipe, **more: Any) -> TrainParams:
    """The training that a recipe is."""
    return TrainParams.model_validate({"source": "mnist", **recipe.train, **more})


def _of_the_data(params: RecipeParams) -> dict[str, Any]:
    return {name: getattr(params, name) for name in ("source", "train_size", "test_size")}


def resolve(params: RecipeParams, workspace: Workspace) -> RecipeParams:
    """Name the source, and see that the method can do with it."""
    return params.model_copy(update={"source": resolved_source(cells(params), workspace)})


def run(params: RecipeParams, report: Report) -> RecipeResult:
    recipe = recipes()[params.recipe]
    own = key_of(recipe_of(training(recipe, **_of_the_data(params))))
    result_of = partial(RecipeResult, recipe=recipe, own=own, tolerance=tolerance())
    return train_grid(cells(params), LocalProcesses(params.jobs), report, result_of)


def figures(params: RecipeParams, result: RecipeResult) -> list[Figure]:
    recipe, allowed = result.recipe, result.tolerance
    groups = labeled_groups(result.groups)
    own = next((group for group in groups if group.trainings.key == result.own), None)
    beside = next((group for group in groups if group.is_plain and group is not own), None)
    means = {name: own.mean(name) for name in recipe.reported} if own else {}
    compared = leaderboard_figures(result.groups, rank="hard_accuracy", x="easy_accuracy", y="hard_accuracy")
    return [
        _verdict(params, recipe, allowed, means),
        *failures(result),
        _side_by_side(recipe, allowed, means, beside),
        *[
            figure
            for figure in compared
            if figure.name in {"over-plain", "over-control", "cues", "cost"} and (beside or own)
        ],
    ]


ALL_RECIPES = "all-recipes"
"""The name of the figure that lists them."""


def all_recipes() -> Table:
    """What earlier studies trained and reported, a recipe a row."""
    return Table(
        name=ALL_RECIPES,
        title="What five studies reported, to be trained again",
        note="Reported accuracies in percent. Enter puts a recipe into the form.",
        columns=tuple(Column(name=name) for name in ("recipe", "study", "reported (%)", "what it trains")),
        rows=tuple((name, one.study, one.reported_text, one.about) for name, one in recipes().items()),
    )


def _verdict(params: RecipeParams, recipe: Recipe, allowed: Tolerance, means: dict[str, SeedMean]) -> Text:
    measured = {name: value for name, mean in means.items() if (value := mean.mean) is not None}
    same_ground = (params.source, params.train_size, params.test_size) == ("mnist", None, None)
    if len(measured) < len(recipe.reported):
        paragraph = "Not measured: its trainings failed."
    else:
        seeds = min(mean.n for mean in means.values())
        verdict = allowed.verdict({name: recipe.reported[name].distance(value) for name, value in measured.items()})
        paragraph = (
            f"{verdict.capitalize()}{'' if same_ground else ', on other or fewer digits'}: "
            f"study {recipe.study} reported {recipe.reported_text}; measured "
            + ", ".join(f"{name.removesuffix('_accuracy')} {value:.1f}" for name, value in measured.items())
            + f" over {counted(seeds, 'seed')}."
        )
    ground = [] if same_ground else [_OTHER_GROUND]
    notes = list(filter(None, (recipe.setting and f"Its setting: {recipe.setting}", recipe.deviates, recipe.note)))
    return Text(
        name="verdict", title=f"Recipe {params.recipe}: {recipe.about}", paragraphs=(paragraph, *ground, *notes)
    )


_OTHER_GROUND = "This was measured on other or fewer digits than the study's, so that the verdict is one on those."


def _side_by_side(recipe: Recipe, allowed: Tolerance, means: dict[str, SeedMean], beside: Group | None) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, reported in recipe.reported.items():
        mean = means.get(name)
        value = mean.mean if mean else None
        span = Interval(*mean.interval) if mean and mean.interval else None
        distance = None if value is None else reported.distance(value)
        verdict = None if distance is None else allowed.verdict({name: distance})
        plainly = beside.mean(name).mean if beside else None
        rows.append((METRICS[name].title, reported.words, value, span, distance, verdict, plainly))
    return Table(
        name="reported",
        title="Reported and measured",
        note=f"In percent; measured: means over seeds after the last step. off: points from what was reported. "
        f"Within {allowed.within:g} it is reproduced, over {allowed.contradicts:g} it contradicts, between it differs. "
        "plain: plain training of the same network for as many steps, where the recipe is a cure.",
        columns=(
            Column(name="metric"),
            Column(name="reported"),
            Column(name="measured"),
            Column(name="95 % interval"),
            Column(name="off"),
            Column(name="verdict"),
            Column(name="plain"),
        ),
        rows=tuple(rows),
    )


def known_recipes(groups: Sequence[Group]) -> list[Table]:
    """What studies reported for those of the groups that are recipes of theirs; nothing where none is."""
    keys = {_sorted_key(recipe_of(training(recipe))): (name, recipe) for name, recipe in recipes().items()}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        if recipe_key := keys.get(_sorted_key(group.trainings.recipe)):
            name, recipe = recipe_key
            for metric, reported in recipe.reported.items():
                value = group.mean(metric).mean
                verdict = None if value is None else tolerance().verdict({metric: reported.distance(value)})
                rows.append((group.label, name, METRICS[metric].title, reported.words, value, verdict))
    table = Table(
        name="recipes",
        title="What studies reported for the same",
        note=f"In percent. Within {tolerance().within:g} points it is reproduced, over {tolerance().contradicts:g} it "
        "contradicts, between it differs.",
        columns=tuple(Column(name=name) for name in ("here", "recipe", "metric", "reported", "measured", "verdict")),
        rows=tuple(rows),
    )
    return [table] if rows else []


def _sorted_key(recipe: Mapping[str, Any]) -> str:
    """The recipe as a string, the same whichever version of this program told its fields."""
    return key_of(dict(sorted(recipe.items())))


ANALYSIS = Analysis(
    params=RecipeParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
    label=lambda params: params.recipe,
)
