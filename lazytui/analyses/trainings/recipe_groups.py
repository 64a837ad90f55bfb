"""The recipes of a comparison: trainings over seeds, named by what differs, ranked where they can be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from lazytui.analyses.core.metric_catalog import METRICS, OF_SELECTORS, is_measured
from lazytui.analyses.trainings.trainings_result import RecipeTrainings, TrainedRun
from lazytui.data.content import Content
from lazytui.evaluation.seed_statistics import SeedMean, mean_difference_by_seed, mean_over_seeds
from lazytui.training.settings import AllMethodOptions

_OF_A_METHOD = {"method", "colors", "groups", *AllMethodOptions.OPTIONS}


@dataclass(frozen=True)
class Setting:
    """What recipes must share to be ranked: model, data, optimizer and length, all but the method and its options.

    text: what of it isn't the same in all settings; empty where there is one. tag: the text where it is short, else
    a letter.
    """

    text: str
    tag: str

    @property
    def sentence_prefix(self) -> str:
        """`Bias 0.95: ` or `A (epochs 10, bias 0.95): `, to begin a sentence about it."""
        if not self.text:
            return ""
        named = self.text if self.tag == self.text else f"{self.tag} ({self.text})"
        return f"{named[0].upper()}{named[1:]}: "


@dataclass(frozen=True)
class Group:
    """Trainings of one recipe. name: the method, and those of its options that differ from others of that method."""

    name: str
    setting: Setting
    trainings: RecipeTrainings

    @property
    def label(self) -> str:
        """The name, and the setting where there are several."""
        return " · ".join(filter(None, (self.name, self.setting.tag)))

    @property
    def method(self) -> str:
        return self.trainings.method

    @property
    def content(self) -> Content:
        """Of the images that it is trained on."""
        return self.trainings.content

    @property
    def is_plain(self) -> bool:
        return self.trainings.key == self.trainings.plain

    @cached_property
    def seeds(self) -> dict[int, TrainedRun]:
        """One training a seed, so that no seed counts twice: of several the last, and the newest unless runs were named
        in another order."""
        return {run.seed: run for run in self.trainings.runs}

    def by_seed(self, metric: str) -> dict[int, float | None]:
        """A metric of each training; shares in percent."""
        scale = 100 if METRICS[metric].share else 1
        values = {seed: run.metrics.get(metric) for seed, run in self.seeds.items()}
        return {seed: None if value is None else scale * value for seed, value in values.items()}

    def mean(self, metric: str) -> SeedMean:
        """Shares end at 0 and 100 %, and so do their intervals."""
        mean = mean_over_seeds(list(self.by_seed(metric).values()))
        return mean.clip(0, 100) if METRICS[metric].share else mean

    def difference(self, other: Group, metric: str) -> SeedMean:
        """By how much it is ahead, seed by seed."""
        return mean_difference_by_seed(self.by_seed(metric), other.by_seed(metric))

    def plain_of(self, groups: Sequence[Group]) -> Group | None:
        """Plain training in the same setting; None for plain training itself, and where there is none."""
        return None if self.is_plain else _of_key(groups, self.trainings.plain)

    def control_of(self, groups: Sequence[Group]) -> Group | None:
        """Its method's control in the same setting; None where the method has none, or it isn't there."""
        return _of_key(groups, self.trainings.control)


def _of_key(groups: Sequence[Group], key: str | None) -> Group | None:
    return next((group for group in groups if group.trainings.key == key), None)


def measured_rank(trainings: Sequence[RecipeTrainings], rank: str) -> str:
    """The metric that trainings are ranked by: hard accuracy where another was asked for that there is of none of their
    images."""
    rank = OF_SELECTORS.get(rank, rank)
    unknown = trainings and not any(is_measured(rank, one.content) for one in trainings)
    return "hard_accuracy" if unknown else rank


def ranked_groups(trainings: Sequence[RecipeTrainings], rank: str) -> list[Group]:
    """Setting by setting, in each the group that the metric's mean speaks for most first."""
    return [
        group
        for groups in by_setting(labeled_groups(trainings))
        for group in sorted(groups, key=lambda group: _sort_key(group.mean(rank).mean, rank))
    ]


def _sort_key(mean: float | None, rank: str) -> float:
    """Smaller for the better; the undefined comes last."""
    return math.inf if mean is None else -METRICS[rank].merit(mean)


def by_setting(groups: Sequence[Group]) -> list[list[Group]]:
    """The groups of each setting together; settings and groups in the order in which they come first."""
    return [[group for group in groups if group.setting == one] for one in dict.fromkeys(g.setting for g in groups)]


def labeled_groups(trainings: Sequence[RecipeTrainings]) -> list[Group]:
    """Groups named by their method, by its options that differ, and by their setting where there are several."""
    settings = _settings([one.recipe for one in trainings])
    groups = []
    for one, setting in zip(trainings, settings, strict=True):
        same_method = [other.recipe for other in trainings if other.method == one.method]
        options = [_option_text(one.recipe, name) for name in _differing(same_method) if name in _OF_A_METHOD]
        groups.append(Group(" · ".join([one.how, *options]), setting, one))
    return groups


def _settings(recipes: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """The setting of each recipe."""
    names = [name for name in _differing(recipes) if name not in _OF_A_METHOD]
    descriptions = [", ".join(_option_text(recipe, name) for name in names) for recipe in recipes]
    letters = {description: _letter(number) for number, description in enumerate(dict.fromkeys(descriptions))}
    return [
        Setting(description, description if len(names) <= 1 else letters[description]) for description in descriptions
    ]


def _letter(number: int) -> str:
    """A to Z, then A2 to Z2 and so on."""
    turn, letter = divmod(number, len(ascii_uppercase))
    return ascii_uppercase[letter] + (str(turn + 1) if turn else "")


def _differing(recipes: Sequence[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for recipe in recipes for name in recipe)
    return [name for name in names if len({str(recipe.get(name)) for recipe in recipes}) > 1]


def _option_text(recipe: Mapping[str, Any], name: str) -> str:
    value = recipe.get(name)
    if name == "recorded_content":
        return f"files {Content.model_validate_json(value).fingerprint:.12}" if value else "images made here"
    text = "–" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{name.replace('_', ' ')} {text}"
