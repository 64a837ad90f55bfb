"""Trainings by recipe: when two are of the same one, which of them a workspace has, and what each is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import comparison_trainings, plain_training
from lazytui.analyses.trainings.trainings_result import RecipeTrainings, TrainedRun
from lazytui.errors import BadInput
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.methods import METHODS

_NOT_THE_RECIPE = (
    "seed",
    "device",
    "precision",
    "graph",
    "metrics_every",
    "metrics_samples",
    "checkpoint_seconds",
    "keep_checkpoints",
    "profile",
)
"""What may differ between two trainings of the same recipe."""


class Trainings:
    """Finished trainings grouped by recipe."""

    def __init__(self) -> None:
        self._groups: dict[str, RecipeTrainings] = {}
        self._trained: dict[str, TrainParams] = {}

    @property
    def groups(self) -> list[RecipeTrainings]:
        return list(self._groups.values())

    def add(self, run: RunFolder) -> None:
        """Put a finished training into the group of its recipe. Raises BadInput where it can't be read."""
        trained, result = trained_params(run), recorded_result(run)
        if run.reference in self._trained:
            return
        self._trained[run.reference] = trained
        key = _key(trained)
        group = self._groups.get(key) or _no_trainings(trained, key)
        new = TrainedRun(run.reference, trained.seed, result.metrics, result.images_seen)
        self._groups[key] = replace(group, runs=[*group.runs, new])

    def missing_comparisons(self) -> list[TrainParams]:
        """The trainings that the groups should be compared with and that aren't among them, one per seed."""
        return missing_comparisons(self._trained.values())


def missing_comparisons(trainings: Iterable[TrainParams]) -> list[TrainParams]:
    """The trainings that some should be compared with and that aren't among them, one per recipe and seed."""
    trainings = list(trainings)
    return not_among(trainings, [other for trained in trainings for other in comparison_trainings(trained)])


def not_among(trainings: Iterable[TrainParams], wanted: Iterable[TrainParams]) -> list[TrainParams]:
    """Those that are wanted and that the trainings don't have, each recipe and seed once."""
    there = {(_key(trained), trained.seed) for trained in trainings}
    missing = {(_key(one), one.seed): one for one in wanted}
    return [one for key, one in missing.items() if key not in there]


def _no_trainings(trained: TrainParams, key: str) -> RecipeTrainings:
    """The group of a recipe without any training yet."""
    control = METHODS[trained.method].control
    of_control = _key(plain_training(trained, control)) if control else None
    return RecipeTrainings(recipe_of(trained), key, _key(plain_training(trained)), of_control)


def recipe_of(trained: TrainParams) -> dict[str, Any]:
    """All that makes a training what it is, but for the seed."""
    return {name: value for name, value in trained.model_dump(mode="json").items() if name not in _NOT_THE_RECIPE}


def key_of(recipe: dict[str, Any]) -> str:
    """The recipe as a string."""
    return "; ".join(f"{name}={value}" for name, value in recipe.items() if value is not None)


def _key(trained: TrainParams) -> str:
    return key_of(recipe_of(trained))


def same_training(trained: TrainParams, runs: Iterable[RunFolder]) -> Iterator[RunFolder]:
    """Those of the runs that are of the same recipe and seed, whatever became of them; and of a precision, if asked."""
    recipe = recipe_of(trained)
    for run in runs:
        other = trained_params(run)
        precise = trained.precision in {"auto", other.precision}
        if precise and other.seed == trained.seed and recipe_of(other) == recipe:
            yield run


def known_trainings(workspace: Workspace, note: Callable[[str], object] = lambda _: None) -> Iterator[RunFolder]:
    """The trainings of which all that is compared can be read, finished or not. note: called on each other one."""
    for run in workspace.readable_runs():
        if run.record.kind != "train":
            continue
        try:
            trained_params(run)
            if run.status.state == "done":
                recorded_result(run)
        except BadInput as error:
            note(f"passed over: {error}")
        else:
            yield run


def trained_params(run: RunFolder) -> TrainParams:
    """What a training was asked. Raises BadInput where the record holds no valid ones."""
    from lazytui.analyses.core.execute import recorded_params

    params = recorded_params(run)
    assert isinstance(params, TrainParams)
    return params
