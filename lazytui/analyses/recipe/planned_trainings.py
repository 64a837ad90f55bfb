"""The trainings that recipes begin with, and those that they are compared with."""

from __future__ import annotations

from typing import Any

from lazytui.analyses.recipe.earlier_studies import Recipe, recipes
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import comparison_trainings


def cells(params: RecipeParams) -> dict[str, TrainParams]:
    """The trainings by name, each once, also where several recipes take the same network."""
    planned: dict[str, TrainParams] = {}
    for name in params.names:
        for seed in params.used_seeds:
            trained = training_of(params, name, seed)
            named = {f"{name}, seed {seed}": trained}
            if params.plain and not params.is_quick:
                name_of_method = {"erm": "plain"}
                beside = comparison_trainings(trained)
                named |= {f"{name_of_method.get(one.method, one.method)}, seed {seed}": one for one in beside}
            for words_of, one in named.items():
                if one not in planned.values():
                    planned[words_of if words_of not in planned else f"{name}, {words_of}"] = one
    return planned


def training(recipe: Recipe, **more: Any) -> TrainParams:
    """The training that a recipe begins with."""
    return TrainParams.model_validate({"source": "mnist", **recipe.train, **more})


def training_of(params: RecipeParams, name: str, seed: int) -> TrainParams:
    return training(recipes()[name], **params.digits, seed=seed, device=params.device)
