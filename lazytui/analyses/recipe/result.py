"""What `recipe` finds: its trainings, what its steps measured, and the recipes that these were compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, PlainSerializer

from lazytui.analyses.recipe.earlier_studies import Recipe
from lazytui.analyses.recipe.quantities import quantity
from lazytui.analyses.recipe.reproduction import Tolerance, Verdict, worst
from lazytui.analyses.trainings.recipe_groups import Group, labeled_groups
from lazytui.analyses.trainings.trainings_result import GridResult, RecipeKey
from lazytui.evaluation.seed_statistics import SeedMean, mean_over_seeds
from lazytui.runs.results.result_contents import Name, Number
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.recipe.params import RecipeParams


def _known_quantities(recipe: Recipe) -> Recipe:
    try:
        for name in recipe.reported:
            quantity(name)
    except KeyError as error:
        raise ValueError("what it reports isn't known") from error
    if not recipe.reported:
        raise ValueError("it reports nothing")
    return recipe


@dataclass(frozen=True)
class StepRun:
    """One step on the network of one seed. metrics: those that the recipe reports, by `step.metric`."""

    run: Name
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)]
    metrics: dict[Name, Number | None]


@dataclass(frozen=True)
class Reproduction:
    """One recipe, and what was measured. own: the key of its trainings. steps: what its steps measured.

    recipe: as it was then, so that a later list of recipes doesn't change what was found.
    """

    recipe: Annotated[Recipe, AfterValidator(_known_quantities), PlainSerializer(Recipe.as_written)]
    own: RecipeKey
    steps: Sequence[StepRun] = ()


@dataclass(frozen=True, kw_only=True)
class RecipeResult(GridResult):
    """recipes: by name. tolerance: as it was then."""

    recipes: Annotated[dict[Name, Reproduction], Field(min_length=1, max_length=10_000)]
    tolerance: Tolerance

    @cached_property
    def labeled(self) -> list[Group]:
        return labeled_groups(self.groups)

    def own_group(self, name: str) -> Group | None:
        """The trainings of a recipe; None where they failed."""
        own = self.recipes[name].own
        return next((group for group in self.labeled if group.trainings.key == own), None)

    def plain_group(self, name: str) -> Group | None:
        """Plain training beside them; None for a plain one, and where there is none."""
        own = self.own_group(name)
        return own.plain_of(self.labeled) if own else None

    def measured(self, name: str) -> dict[str, SeedMean]:
        """What a recipe reports, over its seeds; shares in percent."""
        reproduction, own = self.recipes[name], self.own_group(name)
        return {metric: self._mean(metric, reproduction, own) for metric in reproduction.recipe.reported}

    @staticmethod
    def _mean(metric: str, reproduction: Reproduction, own: Group | None) -> SeedMean:
        if "." not in metric:
            return own.mean(metric) if own else mean_over_seeds([])
        share = quantity(metric).share
        values = [step.metrics[metric] for step in reproduction.steps if metric in step.metrics]
        mean = mean_over_seeds([None if value is None else (100 if share else 1) * value for value in values])
        return mean.clip(0, 100) if share else mean

    def verdicts(self, name: str) -> dict[str, Verdict | None]:
        """On each metric that a recipe reports; None where nothing was measured."""
        reported = self.recipes[name].recipe.reported
        return {
            metric: None
            if mean.mean is None
            else self.tolerance.verdict(reported[metric], mean.mean, share=quantity(metric).share)
            for metric, mean in self.measured(name).items()
        }

    def verdict(self, name: str) -> Verdict | None:
        """On a recipe: its worst; None where not all was measured."""
        verdicts = list(self.verdicts(name).values())
        return None if None in verdicts else worst(verdict for verdict in verdicts if verdict)


def write(result: RecipeResult) -> Result:
    return write_fields(result)


def read(params: RecipeParams, saved: Result) -> RecipeResult:
    """Raises Damaged where it isn't what `write` makes."""
    return read_fields(RecipeResult, Result(saved.metrics, _with_recipes(params, saved.facts), saved.arrays))


def _with_recipes(params: RecipeParams, facts: Mapping[str, object]) -> dict[str, object]:
    """Early versions kept one recipe, beside the trainings."""
    of_one = {name: facts[name] for name in ("recipe", "own") if name in facts}
    others = {name: value for name, value in facts.items() if name not in of_one}
    return {**others, "recipes": {params.recipe: of_one}} if of_one else others
