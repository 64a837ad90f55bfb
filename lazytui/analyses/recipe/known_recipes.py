"""Which trainings of a comparison are recipes of earlier studies, and what these reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes, tolerance
from lazytui.analyses.recipe.figures import tolerance_text
from lazytui.analyses.recipe.planned_trainings import training
from lazytui.analyses.trainings.recipe_groups import Group
from lazytui.analyses.trainings.training_lookup import key_of, recipe_of
from lazytui.figures.kinds import Cell, Column, Table


def known_recipes(groups: Sequence[Group]) -> list[Table]:
    """The reported numbers of those groups that are recipes of studies or papers; nothing where none is."""
    of_trainings = {name: recipe for name, recipe in recipes().items() if recipe.reported_of_training}
    keys: dict[str, list[tuple[str, Recipe]]] = {}
    for name, recipe in of_trainings.items():
        keys.setdefault(_sorted_key(recipe_of(training(recipe))), []).append((name, recipe))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        for name, recipe in keys.get(_sorted_key(group.trainings.recipe), []):
            for metric, reported in recipe.reported_of_training.items():
                value = group.mean(metric).mean
                verdict = None if value is None else tolerance().verdict(reported, value, share=True)
                rows.append((group.label, name, METRICS[metric].title, reported.words, value, verdict))
    table = Table(
        name="recipes",
        title="Numbers that studies and papers reported for the same",
        note=f"In percent. {tolerance_text(tolerance())}",
        columns=tuple(Column(name=name) for name in ("here", "recipe", "metric", "reported", "measured", "verdict")),
        rows=tuple(rows),
    )
    return [table] if rows else []


def _sorted_key(recipe: Mapping[str, Any]) -> str:
    """The recipe as a string, the same whichever version of this program wrote its fields."""
    return key_of(dict(sorted(recipe.items())))
