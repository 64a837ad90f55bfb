"""One network's color features put into another: what they would be in its layer, and whether it follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """How often each color's digit is seen on images of other digits and colors, (10,) each.

    By the target as it is; with the color's features put in at their typical strength, in the source, and transferred
    into the target; and with as many random features at the same strengths transferred, the mean of several draws. NaN
    where a color has no feature.
    """
    directions = source.model.decoder.cpu().double().numpy()
    names = ("before", "source", "target", "random")
    shares = {name: np.full(10, np.nan) for name in names}
    for color in range(10):
        added: Indices = selectivity.selective_for(color)
        if not len(added):
            continue
        amounts = selectivity.response[added, color]
        change = amounts @ directions[added]
        random_changes = [
            amounts @ directions[random.permutation(selectivity.alive)[: len(added)]] for _ in range(draws)
        ]
        shares["before"][color] = _share_taken_for(target, color, np.zeros(layer_map.weights.shape[1]))
        shares["source"][color] = _share_taken_for(source, color, change)
        shares["target"][color] = _share_taken_for(target, color, change @ layer_map.weights)
        shares["random"][color] = np.mean(
            [_share_taken_for(target, color, by_chance @ layer_map.weights) for by_chance in random_changes]
        )
    return shares


def _share_taken_for(spliced: SplicedModel, color: int, change: Floats) -> float:
    """The share of balanced images of other digits and colors that are taken for this color's digit."""
    split = spliced.split("balanced")
    others = (split.labels != color) & (split.attributes != color)
    return float((spliced.logits_after_shift("balanced", change).argmax(1) == color)[others].mean())
