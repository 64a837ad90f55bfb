"""What a network says when features are taken out, turned, swapped or put in, each beside random features.

There are two kinds of random features, both matched in activation mass. Random sets: other features that are as
active altogether. Random directions: the very same activations, along directions that mean nothing. The first has
little to draw from where the features in question are most of all activity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t as student
from torch import Tensor

from lazytui.data.splits import Split
from lazytui.evaluation.metrics import color_follow_rate
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.dose_positions import FACTORS
from lazytui.sae.interventions import ablated, scaled, swapped
from lazytui.sae.spliced_model import Opened
from lazytui.sae.toy_superposition import random_dictionary

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SINGLE = 64
"""Features that are taken out one by one: those that do most."""

DRAWS = 20
_SWAP_DRAWS = 5
IN_A_COLOR = 100
"""Images of each color that features are swapped in."""


@dataclass(frozen=True)
class Known:
    """What is known of n features. category: (n,), indices into CATEGORIES. response: (n, 10), mean activation in each
    color."""

    category: Indices
    response: Floats

    @property
    def color(self) -> Indices:
        """The features that stand for a color."""
        return np.flatnonzero(self.category == CATEGORIES.index("color"))

    def of(self, color: int) -> Indices:
        """Those that stand for this one: it is their favorite."""
        mine: Indices = self.color[self.response[self.color].argmax(1) == color]
        return mine

    @property
    def others(self) -> Indices:
        """The living features that don't stand for a color alone."""
        return np.setdiff1d(self.alive, self.color)

    @property
    def alive(self) -> Indices:
        return np.flatnonzero(self.category != CATEGORIES.index("dead"))


@dataclass(frozen=True)
class Band:
    """What random features do: mean, and the interval that one more draw falls into 95 times in 100 (Student's t)."""

    mean: float
    low: float
    high: float


def band(values: Floats) -> Band:
    """values: (draws,), two or more."""
    draws = len(values)
    reach = float(student.ppf(0.975, draws - 1)) * float(values.std(ddof=1)) * (1 + 1 / draws) ** 0.5
    mean = float(values.mean())
    return Band(mean, mean - reach, mean + reach)


def mass_matched(
    mass: Floats, chosen: Indices, pool: Indices, draws: int, random: np.random.Generator
) -> list[Indices]:
    """Random sets of features from `pool` whose summed mass is as near to that of `chosen` as their order allows.

    mass: (n,), mean activation of each feature, whose direction has length 1.
    """
    wanted = float(mass[chosen].sum())
    sets = []
    for _ in range(draws):
        order = random.permutation(pool)
        summed = np.concatenate([[0.0], mass[order].cumsum()])
        sets.append(order[: int(np.abs(summed - wanted).argmin())])
    return sets


def control_pool(mass: Floats, chosen: Indices, alive: Indices) -> Indices:
    """The features that random ones are drawn from: the others, where they are active enough; else all."""
    others = np.setdiff1d(alive, chosen)
    return others if mass[others].sum() >= mass[chosen].sum() else alive


def splits(easy: Split, hard: Split, probe: Split, samples: int) -> dict[str, Split]:
    """What the experiments are made on: images of each split, and some in each color."""
    found = {"easy": _first(easy, samples), "hard": _first(hard, samples)}
    for color in range(10):
        mine = np.flatnonzero(probe.colors == color)
        spread = np.linspace(0, len(mine) - 1, min(IN_A_COLOR, len(mine))).astype(np.int64)
        found[f"color {color}"] = probe.take(mine[spread])
    mixed = np.random.default_rng(0).permutation(len(probe))
    half = min(samples, len(probe) // 2)
    return found | {"balanced": probe.take(mixed[:half]), "fitted": probe.take(mixed[half : 2 * half])}


def experiments(
    opened: Opened, known: Known, seed: int, tick: Callable[[], None] = lambda: None, draws: int = DRAWS
) -> dict[str, Any]:
    """All experiments on one network: arrays by name, and by split those of it. tick: called often; may raise."""
    random = np.random.default_rng(seed)
    mass = {name: opened.activity(name).mean(0).astype(np.float64) for name in ("easy", "hard", "balanced")}
    intact = {name: opened.accuracy(name) for name in mass}
    arrays: dict[str, Any] = _one_by_one(opened, known, mass["easy"], tick)
    arrays |= _dose_response(opened, known, tick)
    for name, own in mass.items():
        arrays[name] = {
            "accuracy_intact": np.array([intact[name]]),
            **_in_bulk(opened, name, known, own, random, draws, tick),
        }
    return arrays | {"head_accuracy": np.array([_balanced_accuracy(opened)])} | _swaps(opened, known, random, tick)


def _one_by_one(opened: Opened, known: Known, mass: Floats, tick: Callable[[], None]) -> Arrays:
    """Accuracy on easy and hard without each of the features that do most."""
    order = known.alive[np.argsort(-mass[known.alive], kind="stable")][:SINGLE]
    rows = []
    for feature in order:
        tick()
        rows.append([opened.accuracy(name, ablated([int(feature)])) for name in ("easy", "hard")])
    return {"single": order, "single_accuracy": np.array(rows).reshape(-1, 2)}


def _dose_response(opened: Opened, known: Known, tick: Callable[[], None]) -> Arrays:
    """Accuracy on easy and hard, and the color-follow rate on hard, with all color features turned up and down."""
    hard, chosen = opened.split("hard"), known.color.tolist()
    rows = []
    for factor in FACTORS:
        tick()
        said = opened.logits("hard", scaled(chosen, factor)).argmax(1).astype(np.uint8)
        follow = color_follow_rate(hard.digits, hard.colors, said)
        easy = opened.accuracy("easy", scaled(chosen, factor))
        rows.append([easy, float((said == hard.digits).mean()), np.nan if follow is None else follow])
    return {"dose": np.array(rows)}


def _in_bulk(
    opened: Opened,
    name: str,
    known: Known,
    mass: Floats,
    random: np.random.Generator,
    draws: int,
    tick: Callable[[], None],
) -> Arrays:
    """Accuracy on a split without any color feature, without all others, and without random features of the same mass
    on that split."""
    chosen = known.color
    pool = control_pool(mass, chosen, known.alive)
    accuracies, sizes, masses = [], [], []
    for drawn in mass_matched(mass, chosen, pool, draws, random):
        tick()
        accuracies.append(opened.accuracy(name, ablated(drawn.tolist())))
        sizes.append(len(drawn))
        masses.append(float(mass[drawn].sum()))
    directions = []
    for _ in range(draws):
        tick()
        directions.append(opened.accuracy(name, ablated(chosen.tolist()), _nowhere(opened, random)))
    return {
        "accuracy_without": np.array([opened.accuracy(name, ablated(chosen.tolist()))]),
        "accuracy_without_others": np.array([opened.accuracy(name, ablated(known.others.tolist()))]),
        "random_draws": np.array(accuracies),
        "direction_draws": np.array(directions),
        "random_sizes": np.array(sizes),
        "random_mass": np.array(masses),
        "mass": np.array([mass[chosen].sum(), mass.sum()]),
        "pool": np.array([len(pool), len(np.intersect1d(pool, chosen))]),
    }


def _nowhere(opened: Opened, random: np.random.Generator) -> Tensor:
    """(n, d): random directions of unit length."""
    drawn = torch.Generator().manual_seed(int(random.integers(2**63)))
    return random_dictionary(opened.model.features, opened.model.dimensions, drawn).to(opened.model.decoder.device)


def _swaps(opened: Opened, known: Known, random: np.random.Generator, tick: Callable[[], None]) -> Arrays:
    """(10, 10) each, worn color (row) and added color (column): how often the digit of the added color is seen.

    Before; after the worn color's features are dropped and the other's are put in at their typical strength, their mean
    activation in that color; and after the same with random features: dropped ones of the same mass, added ones at the
    same strengths. Over images of other digits than the added color's. NaN where a color has no feature.
    """
    told = {name: np.full((10, 10), np.nan) for name in ("swap_before", "swap_after", "swap_random")}
    for worn in range(10):
        name = f"color {worn}"
        dropped, mass = known.of(worn), opened.activity(name).mean(0).astype(np.float64)
        before = opened.logits(name).argmax(1)
        for put_in in range(10):
            tick()
            added = known.of(put_in)
            if worn == put_in or not len(dropped) or not len(added):
                continue
            others = opened.split(name).digits != put_in
            amounts = known.response[added, put_in]

            def seen(drop: Indices, add: Indices, name: str = name, amounts: Floats = amounts) -> Indices:
                edit = swapped(drop.tolist(), add.tolist(), amounts.tolist())
                return np.asarray(opened.logits(name, edit).argmax(1))

            pool = control_pool(mass, dropped, known.alive)
            by_chance = [
                seen(drop, random.permutation(known.alive)[: len(added)])
                for drop in mass_matched(mass, dropped, pool, _SWAP_DRAWS, random)
            ]
            told["swap_before"][worn, put_in] = (before == put_in)[others].mean()
            told["swap_after"][worn, put_in] = (seen(dropped, added) == put_in)[others].mean()
            told["swap_random"][worn, put_in] = np.mean([(said == put_in)[others].mean() for said in by_chance])
    return told


def _balanced_accuracy(opened: Opened) -> float:
    """Accuracy on balanced images of a linear head that was fitted to other balanced images, on the layer as it is."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    head.fit(opened.neurons("fitted"), opened.split("fitted").digits)
    return float(head.score(opened.neurons("balanced"), opened.split("balanced").digits))


def removal_score(accuracy: float, without: float, balanced: float) -> float | None:
    """Spurious-concept removal: how much of the way from an accuracy to that of a balanced head an ablation goes
    (Karvonen et al. 2024). None where there is no way to go."""
    return (without - accuracy) / (balanced - accuracy) if balanced > accuracy else None


def _first(split: Split, samples: int) -> Split:
    return split.take(np.arange(min(samples, len(split))))
