"""One network's color features put into another: what they would be in its layer, and whether it follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.sae.experiments import Floats, Indices, Known
from lazytui.sae.spliced_model import Opened

_RIDGE = 1e-3


@dataclass(frozen=True)
class Bridge:
    """weights: (d, e), from changes in one layer to changes in the other. explained: R^2 on other images."""

    weights: Floats
    explained: float


def bridge(source: Opened, target: Opened) -> Bridge:
    """The linear map between two layers that fits the same balanced images best (ridge regression)."""
    x, y = (opened.neurons("fitted").astype(np.float64) for opened in (source, target))
    x_mean, y_mean = x.mean(0), y.mean(0)
    x, y = x - x_mean, y - y_mean
    gram = x.T @ x
    weights = np.linalg.solve(gram + _RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), x.T @ y)
    fresh, wanted = source.neurons("balanced") - x_mean, target.neurons("balanced") - y_mean
    left = ((wanted - fresh @ weights) ** 2).sum() / (wanted**2).sum()
    return Bridge(weights, 1 - float(left))


def injected(
    source: Opened, target: Opened, known: Known, carried: Bridge, random: np.random.Generator, draws: int
) -> dict[str, NDArray[np.float64]]:
    """How often each color's digit is seen on images of other digits and colors, (10,) each.

    By the target as it is; with the color's features put in at their typical strength, in the source, and carried over
    into the target; and with as many random features at the same strengths carried over, the mean of several draws. NaN
    where a color has no feature.
    """
    directions = source.model.decoder.cpu().double().numpy()
    names = ("before", "source", "target", "random")
    told = {name: np.full(10, np.nan) for name in names}
    for color in range(10):
        added: Indices = known.of(color)
        if not len(added):
            continue
        amounts = known.response[added, color]
        change = amounts @ directions[added]
        drawn = [amounts @ directions[random.permutation(known.alive)[: len(added)]] for _ in range(draws)]
        told["before"][color] = _seen(target, color, np.zeros(carried.weights.shape[1]))
        told["source"][color] = _seen(source, color, change)
        told["target"][color] = _seen(target, color, change @ carried.weights)
        told["random"][color] = np.mean([_seen(target, color, by_chance @ carried.weights) for by_chance in drawn])
    return told


def _seen(opened: Opened, color: int, change: Floats) -> float:
    """The share of balanced images of other digits and colors that are taken for this color's digit."""
    split = opened.split("balanced")
    others = (split.digits != color) & (split.colors != color)
    return float((opened.shifted("balanced", change).argmax(1) == color)[others].mean())
