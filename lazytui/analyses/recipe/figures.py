"""Reported and measured side by side, of one recipe or of all."""

from __future__ import annotations

from collections import Counter

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes
from lazytui.analyses.recipe.papers import NO_PASS_MARK
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.recipe.quantities import quantity, short_text, title
from lazytui.analyses.recipe.reproduction import Tolerance, Verdict
from lazytui.analyses.recipe.result import RecipeResult
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import Group
from lazytui.analyses.trainings.training_grid import failures
from lazytui.counted_nouns import counted
from lazytui.evaluation.seed_statistics import SeedMean
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Table, Text
from lazytui.files.writing import write_atomic
from lazytui.runs.progress_report import Report

_OF_CURES = {"over-plain", "over-control", "cues", "cost"}

ALL_RECIPES = "all-recipes"
"""The name of the figure that lists them."""


def figures(params: RecipeParams, result: RecipeResult) -> list[Figure]:
    """One recipe beside what it is compared with; of several, a line on each metric."""
    if len(result.recipes) > 1:
        return [_summary(params, result), _every_metric(result), *failures(result, "Trainings and steps")]
    (name,) = result.recipes
    beside = result.plain_group(name) or result.own_group(name)
    compared = leaderboard_figures(result.groups, rank="hard_accuracy", x="easy_accuracy", y="hard_accuracy")
    return [
        _verdict(params, result, name),
        *failures(result, "Trainings and steps"),
        _side_by_side(result, name),
        *[figure for figure in compared if figure.name in _OF_CURES and beside],
    ]


def write_page(params: RecipeParams, result: RecipeResult, report: Report) -> None:
    """report.html: of several recipes, everything on one page that needs nothing else."""
    if len(result.recipes) == 1:
        return
    from lazytui.figures.html import Section, page

    first, *others = figures(params, result)
    sections = [Section(figures=(first, *others))]
    sections += [
        Section(heading=name, paragraphs=_paragraphs(params, result, name), figures=(_side_by_side(result, name),))
        for name in result.recipes
    ]
    text = page(_title(result), sections)
    report.store(lambda: write_atomic(report.folder / "report.html", text))


def _title(result: RecipeResult) -> str:
    """Of several recipes."""
    papers = [one.recipe.paper for one in result.recipes.values()]
    return f"Results of {'papers' if all(papers) else 'five studies'}, reproduced"


def all_recipes() -> Table:
    """The recipes of earlier studies and papers, with what they reported, one per row."""
    return Table(
        name=ALL_RECIPES,
        title="Recipes of five studies and of papers",
        note="Reported shares in percent. Enter puts a recipe into the form; `all` runs those of the studies, `papers` "
        "those of papers.",
        columns=tuple(Column(name=name) for name in ("recipe", "from", "reported", "what it is")),
        rows=tuple((name, one.short_source, one.reported_text, one.about) for name, one in recipes().items()),
    )


def _verdict(params: RecipeParams, result: RecipeResult, name: str) -> Text:
    about = result.recipes[name].recipe.about
    return Text(name="verdict", title=f"Recipe {name}: {about}", paragraphs=_paragraphs(params, result, name))


def _paragraphs(params: RecipeParams, result: RecipeResult, name: str) -> tuple[str, ...]:
    """What came of a recipe, and what has to be known to believe it."""
    recipe, measured, verdict = result.recipes[name].recipe, result.measured(name), result.verdict(name)
    if verdict is None:
        missing = [title(metric) for metric, mean in measured.items() if mean.mean is None]
        first = f"Not measured: {', '.join(missing)}."
    else:
        numbers = ", ".join(short_text(metric, _number(metric, mean.mean)) for metric, mean in measured.items())
        ground = "" if params.as_the_studies else ", on other or fewer digits"
        seeds = counted(min(mean.n for mean in measured.values()), "seed")
        first = (
            f"{verdict.capitalize()}{ground}: {recipe.reporter} reported {recipe.reported_text}; "
            f"measured {numbers} over {seeds}."
        )
    ground_note = "" if params.as_the_studies else _OTHER_GROUND
    setting = recipe.setting and f"Its setting: {recipe.setting}"
    compares = NO_PASS_MARK if recipe.paper else ""
    return tuple(filter(None, (first, ground_note, setting, recipe.deviates, recipe.note, compares)))


_OTHER_GROUND = "This was measured on other or fewer digits than the reported numbers, so the verdict is on those only."


def _number(metric: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if quantity(metric).share else f"{value:.3g}"


def _summary(params: RecipeParams, result: RecipeResult) -> Text:
    verdicts = Counter(result.verdict(name) for name in result.recipes)
    counts = ", ".join(f"{verdicts[verdict]} {counts}" for verdict, counts in _IN_WORDS if verdicts[verdict])
    compares = (NO_PASS_MARK,) if any(one.recipe.paper for one in result.recipes.values()) else ()
    grounds = () if params.as_the_studies else (_OTHER_GROUND,)
    return Text(
        name="verdict",
        title=_title(result),
        paragraphs=(f"Of {counted(len(result.recipes), 'recipe')} {counts}.", *grounds, *compares),
    )


_IN_WORDS: tuple[tuple[Verdict | None, str], ...] = (
    ("reproduced", "reproduced"),
    ("differs", "different"),
    ("contradicts", "contradicting what was reported"),
    (None, "not measured"),
)


def _every_metric(result: RecipeResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, one in result.recipes.items():
        measured, verdicts = result.measured(name), result.verdicts(name)
        for metric, reported in one.recipe.reported.items():
            span = measured[metric].interval
            rows.append(
                (
                    name,
                    title(metric),
                    reported.words,
                    measured[metric].mean,
                    Interval(*span) if span else None,
                    verdicts[metric],
                )
            )
    missing = "" if all(row[3] is not None for row in rows) else "–: not measured, or on too few images. "
    return Table(
        name="reproductions",
        title="Reported and measured",
        note=f"Shares in percent; measured: means over seeds. {missing}{tolerance_text(result.tolerance)}",
        columns=tuple(
            Column(name=name) for name in ("recipe", "metric", "reported", "measured", "95 % interval", "verdict")
        ),
        rows=tuple(rows),
    )


def tolerance_text(allowed: Tolerance) -> str:
    return (
        f"A share is reproduced within {allowed.within:g} points and contradicts over {allowed.contradicts:g}; another "
        f"number is reproduced within a factor of {allowed.within_factor:g} and contradicts over "
        f"{allowed.contradicts_factor:g}; between them it differs."
    )


def _side_by_side(result: RecipeResult, name: str) -> Table:
    recipe, plain = result.recipes[name].recipe, result.plain_group(name)
    measured, verdicts = result.measured(name), result.verdicts(name)
    return Table(
        name="reported",
        title="Reported and measured",
        note="Shares in percent; measured: means over seeds, of the network after the last step. off: points from what "
        "was reported, and for other numbers how many times too small or too large. "
        f"{tolerance_text(result.tolerance)} plain: plain training of the same network for as many "
        "steps, where the recipe is a cure.",
        columns=(
            Column(name="metric"),
            Column(name="reported"),
            Column(name="measured"),
            Column(name="95 % interval"),
            Column(name="off"),
            Column(name="verdict"),
            Column(name="plain"),
        ),
        rows=tuple(
            (*_measured_cells(recipe, metric, measured[metric]), verdicts[metric], _plain_value(metric, plain))
            for metric in recipe.reported
        ),
    )


def _measured_cells(recipe: Recipe, metric: str, mean: SeedMean) -> tuple[Cell, ...]:
    reported, value = recipe.reported[metric], mean.mean
    off = reported.points_off if quantity(metric).share else reported.factor_off
    span = Interval(*mean.interval) if mean.interval else None
    return title(metric), reported.words, value, span, None if value is None else off(value)


def _plain_value(metric: str, plain: Group | None) -> float | None:
    return plain.mean(metric).mean if plain and metric in METRICS else None
