"""Cascading parameter randomization: a map that survives it shows the image, not the network (Adebayo et al. 2018)."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import nn

from lazytui.models.architectures.classifier import Classifier


def randomize_from_head(model: nn.Module, fresh: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield a copy of `model` whose last layer, last two layers, ... have the weights of `fresh`, and its name.

    fresh: the same architecture, untrained. It is one copy, changed further at each step; `model` isn't changed.
    """
    changed = copy.deepcopy(model)
    for name in reversed(_parts(model)):
        changed.get_submodule(name).load_state_dict(fresh.get_submodule(name).state_dict())
        yield name or "network", changed


def _parts(model: nn.Module) -> list[str]:
    """The model's top-level layers with weights, from input to head; "", the model itself, where it has no layers."""
    if isinstance(model, Classifier):
        names = [f"features.{name}" for name, _ in model.features.named_children()] + ["head"]
    else:
        names = [name for name, _ in model.named_children()]
    return [name for name in names if any(True for _ in model.get_submodule(name).parameters())] or [""]


def rank_correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Spearman's correlation of each pair of maps (n, h, w); (n,) float64, NaN where a map is constant."""
    a, b = (rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (one, other))
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    size = np.sqrt((a**2).sum(1) * (b**2).sum(1))
    return np.asarray(np.divide((a * b).sum(1), size, out=np.full(len(a), np.nan), where=size > 0))
