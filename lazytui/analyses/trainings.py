"""Trainings by recipe: when two are of the same one, which of them a workspace has, and what stands beside each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lazytui.analyses.execute import recorded_result
from lazytui.analyses.train import TrainParams
from lazytui.errors import BadInput
from lazytui.runs.folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.methods.options import MethodOptions

_NOT_THE_RECIPE = (
    "seed",
    "device",
    "precision",
    "metrics_every",
    "metrics_samples",
    "checkpoint_seconds",
    "keep_checkpoints",
)
"""What may differ between two trainings of the same recipe."""


class Trainings:
    """Finished trainings grouped by recipe.

    groups: a fact each: recipe (its fields), key (the recipe as a string), plain (the key of plain training of the
    same), and runs (of each: run, seed, metrics, images_seen).
    """

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Any]] = {}
        self._trained: dict[str, TrainParams] = {}

    @property
    def groups(self) -> list[dict[str, Any]]:
        return list(self._groups.values())

    def add(self, run: RunFolder) -> None:
        """Put a finished training into the group of its recipe. Raises BadInput where it can't be read."""
        trained, result = trained_params(run), recorded_result(run)
        recipe, beside = recipe_of(trained), recipe_of(plain(trained))
        new = {"recipe": recipe, "key": key_of(recipe), "plain": key_of(beside), "runs": []}
        group = self._groups.setdefault(key_of(recipe), new)
        if any(known["run"] == run.reference for known in group["runs"]):
            return
        self._trained[run.reference] = trained
        group["runs"].append(
            {
                "run": run.reference,
                "seed": trained.seed,
                "metrics": dict(result.metrics),
                "images_seen": result.facts.get("images_seen"),
            }
        )

    def missing_plain(self) -> list[TrainParams]:
        """The plain trainings that the groups should stand beside and that aren't among them, one a seed."""
        wanted: dict[tuple[str, int], TrainParams] = {}
        for group in self.groups:
            there = {run["seed"] for run in self._groups.get(group["plain"], {"runs": ()})["runs"]}
            for run in group["runs"]:
                if run["seed"] not in there:
                    wanted.setdefault((group["plain"], run["seed"]), plain(self._trained[run["run"]]))
        return list(wanted.values())


def recipe_of(trained: TrainParams) -> dict[str, Any]:
    """All that makes a training what it is, but for the seed."""
    return {name: value for name, value in trained.model_dump(mode="json").items() if name not in _NOT_THE_RECIPE}


def key_of(recipe: dict[str, Any]) -> str:
    """The recipe as a string."""
    return "; ".join(f"{name}={value}" for name, value in recipe.items() if value is not None)


def plain(trained: TrainParams) -> TrainParams:
    """Plain training of the same architecture on the same data for the same number of steps."""
    return trained.model_copy(update={"method": "erm", **dict.fromkeys(MethodOptions.model_fields)})


def same_training(trained: TrainParams, runs: Iterable[RunFolder]) -> Iterator[RunFolder]:
    """Those of the runs that are of the same recipe and seed, whatever became of them; and of a precision, if asked."""
    wanted = recipe_of(trained)
    for run in runs:
        other = trained_params(run)
        precise = trained.precision in {"auto", other.precision}
        if precise and other.seed == trained.seed and recipe_of(other) == wanted:
            yield run


def known_trainings(workspace: Workspace, told: Callable[[str], object] = lambda _: None) -> Iterator[RunFolder]:
    """The trainings of which all that is compared can be read, finished or not. told: hears of each other one."""
    for run in workspace.readable_runs():
        if run.record.kind != "train":
            continue
        try:
            trained_params(run)
            if run.status.state == "done":
                recorded_result(run)
        except BadInput as error:
            told(f"passed over: {error}")
        else:
            yield run


def trained_params(run: RunFolder) -> TrainParams:
    """What a training was asked. Raises BadInput where the record holds no valid ones."""
    from lazytui.analyses.execute import recorded_params

    params = recorded_params(run)
    assert isinstance(params, TrainParams)
    return params
