"""The recipe chosen without labels of the shortcut, and separately the choice by the hard split.

Recipes are ranked within a setting only, since a method's gain is measured there; any recipe on the same data may be
chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.select.ranking import METRIC_OF
from lazytui.analyses.trainings.recipe_groups import Group, labeled_groups
from lazytui.analyses.trainings.trainings_result import RecipeTrainings
from lazytui.figures.kinds import Cell, Column, Figure, Table, Text

_BESIDE = ("easy_accuracy", *METRIC_OF.values())
"""What recipes are chosen by: held-out accuracy, the usual choice, and the selectors."""


def choice_figures(trainings: Sequence[RecipeTrainings], rank: str) -> list[Figure]:
    """Nothing where trainings have no selectors. rank: the metric that orders the leaderboard."""
    if not any("worst_class_accuracy" in run.metrics for one in trainings for run in one.runs):
        return []
    groups = labeled_groups(trainings)
    return [_verdict(groups, rank), _choices(groups), _selectors(groups, rank)]


def _metrics(groups: Sequence[Group]) -> list[str]:
    """Those that there are: groups of a property only where one was named."""
    recorded_metrics = {name for group in groups for run in group.trainings.runs for name in run.metrics}
    return [name for name in _BESIDE if name in recorded_metrics]


def _best(groups: Sequence[Group], metric: str) -> Group | None:
    """The one with the largest mean over seeds, the first of several; None where it is undefined of all."""
    defined = [(mean, group) for group in groups if (mean := group.mean(metric).mean) is not None]
    return max(defined, key=lambda pair: pair[0])[1] if defined else None


def _regret(groups: Sequence[Group], chosen: Group) -> tuple[Group, float, float] | None:
    """The best recipe by hard accuracy, that accuracy, and how far the chosen one is below it; in percent."""
    best, hard = _best(groups, "hard_accuracy"), chosen.mean("hard_accuracy").mean
    if best is None or hard is None:
        return None
    most = best.mean("hard_accuracy").mean or 0.0
    return best, most, most - hard


def _verdict(groups: Sequence[Group], rank: str) -> Text:
    return Text(
        name="chosen",
        title="Chosen without labels, beside the choice by the hard split",
        paragraphs=(_sentence(groups, rank),),
    )


def _sentence(groups: Sequence[Group], rank: str) -> str:
    title, chosen = METRICS[rank].title, _best(groups, rank)
    regret = None if chosen is None else _regret(groups, chosen)
    if chosen is None or regret is None:
        return f"No recipe is chosen by {title}, which is undefined."
    best, most, less = regret
    return (
        f"{chosen.label} is chosen by {title}; its hard accuracy is {most - less:.1f} %. The best by hard accuracy, "
        f"which isn't used to choose, is {best.label}: {most:.1f} %. Regret: {less:.1f} points."
    )


def _choices(groups: Sequence[Group]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for metric in _metrics(groups):
        chosen = _best(groups, metric)
        regret = None if chosen is None else _regret(groups, chosen)
        cells: tuple[Cell, ...] = (
            (None,) * 3 if chosen is None or regret is None else (chosen.label, regret[1] - regret[2], regret[2])
        )
        rows.append((METRICS[metric].title, *cells))
    best = _best(groups, "hard_accuracy")
    of_hard: tuple[Cell, ...] = (None,) * 3 if best is None else (best.label, best.mean("hard_accuracy").mean, 0.0)
    rows.append(("hard split", *of_hard))
    return Table(
        name="choices",
        title="What each selector chooses",
        note="Of all recipes, on the same data, the one with the largest mean over seeds. hard: its accuracy on the "
        "hard split, which no selector reads. regret: the best hard accuracy less that. Last row: the choice by the "
        "hard split.",
        columns=(
            Column(name="chosen by"),
            Column(name="recipe"),
            Column(name="hard", unit="%"),
            Column(name="regret", unit="points"),
        ),
        rows=tuple(rows),
    )


def _selectors(groups: Sequence[Group], rank: str) -> Table:
    metrics = _metrics(groups)
    ordered = sorted(groups, key=lambda group: -(group.mean(rank).mean or 0.0))
    return Table(
        name="selectors",
        title="Selectors, measured without labels",
        note="Means over seeds, in percent. hard is for comparison: no selector reads it. "
        + " ".join(f"{METRICS[name].title}: {METRICS[name].meaning}." for name in metrics),
        columns=tuple(
            Column(name=name)
            for name in ("recipe", *(METRICS[name].title.removesuffix(" accuracy") for name in metrics), "hard")
        ),
        rows=tuple(
            (group.label, *(group.mean(name).mean for name in (*metrics, "hard_accuracy"))) for group in ordered
        ),
    )
