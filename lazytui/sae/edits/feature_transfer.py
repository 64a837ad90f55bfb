"""One network's features of values put into another: what they would be in its layer, and whether it follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import NO_CLASS
from lazytui.sae.edits.experiments import FeatureSelectivity, Floats, Indices
from lazytui.sae.edits.spliced_model import SplicedModel

_RIDGE = 1e-3


@dataclass(frozen=True)
class LayerMap:
    """weights: (d, e), from changes in one layer to changes in the other. explained: R^2 on other images."""

    weights: Floats
    r_squared: float


def fit_layer_map(source: SplicedModel, target: SplicedModel) -> LayerMap:
    """The linear map between two layers that fits the same balanced images best (ridge regression)."""
    x, y = (spliced.neurons("fitted").astype(np.float64) for spliced in (source, target))
    x_mean, y_mean = x.mean(0), y.mean(0)
    x, y = x - x_mean, y - y_mean
    gram = x.T @ x
    weights = np.linalg.solve(gram + _RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), x.T @ y)
    x_held_out, y_held_out = source.neurons("balanced") - x_mean, target.neurons("balanced") - y_mean
    unexplained = ((y_held_out - x_held_out @ weights) ** 2).sum() / (y_held_out**2).sum()
    return LayerMap(weights, 1 - float(unexplained))


def transfer_features(
    source: SplicedModel,
    target: SplicedModel,
    selectivity: FeatureSelectivity,
    layer_map: LayerMap,
    random: np.random.Generator,
    draws: int,
) -> dict[str, NDArray[np.float64]]:
    """How often each value's class is seen on images of other classes and values, (values,) each.

    By the target as it is; with the value's features put in at their typical strength, in the source, and transferred
    into the target; and with as many random features at the same strengths transferred, the mean of several draws. NaN
    where a value has no feature or no class.
    """
    directions = source.model.directions.cpu().double().numpy()
    names = ("before", "source", "target", "random")
    content = target.split("balanced").content
    shares = {name: np.full(len(content.values), np.nan) for name in names}
    for value, label in enumerate(content.aligned):
        added: Indices = selectivity.selective_for(value)
        if not len(added) or label == NO_CLASS:
            continue
        amounts = selectivity.response[added, value] * source.lengths[added]
        change = amounts @ directions[added]
        random_changes = [
            amounts @ directions[random.permutation(selectivity.alive)[: len(added)]] for _ in range(draws)
        ]
        shares["before"][value] = _share_taken_for(target, value, np.zeros(layer_map.weights.shape[1]))
        shares["source"][value] = _share_taken_for(source, value, change)
        shares["target"][value] = _share_taken_for(target, value, change @ layer_map.weights)
        shares["random"][value] = np.mean(
            [_share_taken_for(target, value, by_chance @ layer_map.weights) for by_chance in random_changes]
        )
    return shares


def _share_taken_for(spliced: SplicedModel, value: int, change: Floats) -> float:
    """The share of balanced images of other classes and values that are taken for this value's class."""
    split = spliced.split("balanced")
    label = split.content.aligned[value]
    others = (split.labels != label) & (split.attributes != value)
    taken = (spliced.logits_after_shift("balanced", change).argmax(1) == label)[others]
    return float(taken.mean()) if len(taken) else float("nan")
