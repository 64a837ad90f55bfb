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

from lazytui.data.content import NO_CLASS
from lazytui.data.splits import Split
from lazytui.evaluation.metrics import color_follow_rate
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.edits.dose_response import FACTORS
from lazytui.sae.edits.interventions import ablation_edit, scaling_edit, swap_edit
from lazytui.sae.edits.spliced_model import SplicedModel
from lazytui.sae.toy_superposition import random_dictionary

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SINGLE = 64
"""Features that are taken out one by one: those that do most."""

DRAWS = 20
_SWAP_DRAWS = 5
WITH_A_VALUE = 100
"""Images of each value of the attribute that features are swapped in."""


@dataclass(frozen=True)
class FeatureSelectivity:
    """What is known of n features. category: (n,), indices into CATEGORIES. response: (n, values), mean activation with
    each value of the attribute, which is called color here."""

    category: Indices
    response: Floats

    @property
    def color_selective(self) -> Indices:
        """The features that stand for a value."""
        return np.flatnonzero(self.category == CATEGORIES.index("color"))

    def selective_for(self, value: int) -> Indices:
        """Those that stand for this one: it is their favorite."""
        mine: Indices = self.color_selective[self.response[self.color_selective].argmax(1) == value]
        return mine

    @property
    def other_alive(self) -> Indices:
        """The living features that don't stand for a value alone."""
        return np.setdiff1d(self.alive, self.color_selective)

    @property
    def alive(self) -> Indices:
        return np.flatnonzero(self.category != CATEGORIES.index("dead"))


@dataclass(frozen=True)
class RandomBand:
    """What random features do: mean, and the interval that one more draw falls into 95 times in 100 (Student's t)."""

    mean: float
    low: float
    high: float


def random_band(values: Floats) -> RandomBand:
    """values: (draws,), two or more."""
    draws = len(values)
    reach = float(student.ppf(0.975, draws - 1)) * float(values.std(ddof=1)) * (1 + 1 / draws) ** 0.5
    mean = float(values.mean())
    return RandomBand(mean, mean - reach, mean + reach)


def mass_matched(
    mass: Floats, chosen: Indices, pool: Indices, draws: int, random: np.random.Generator
) -> list[Indices]:
    """Random sets of features from `pool` whose summed mass is as near to that of `chosen` as their order allows.

    mass: (n,), mean activation of each feature times the length of its direction.
    """
    target_mass = float(mass[chosen].sum())
    sets = []
    for _ in range(draws):
        order = random.permutation(pool)
        summed = np.concatenate([[0.0], mass[order].cumsum()])
        sets.append(order[: int(np.abs(summed - target_mass).argmin())])
    return sets


def control_pool(mass: Floats, chosen: Indices, alive: Indices) -> Indices:
    """The features that random ones are drawn from: the others, where they are active enough; else all."""
    others = np.setdiff1d(alive, chosen)
    return others if mass[others].sum() >= mass[chosen].sum() else alive


def choose_splits(easy: Split, hard: Split, probe: Split, samples: int) -> dict[str, Split]:
    """What the experiments are made on: images of each split, and some with each value that the probe split has."""
    chosen = {"easy": _first(easy, samples), "hard": _first(hard, samples)}
    for value in range(len(probe.content.values)):
        of_value = np.flatnonzero(probe.attributes == value)
        if len(of_value):
            spread = np.linspace(0, len(of_value) - 1, min(WITH_A_VALUE, len(of_value))).astype(np.int64)
            chosen[_with(value)] = probe.take(of_value[spread])
    mixed = np.random.default_rng(0).permutation(len(probe))
    half = min(samples, len(probe) // 2)
    return chosen | {"balanced": probe.take(mixed[:half]), "fitted": probe.take(mixed[half : 2 * half])}


def _with(value: int) -> str:
    """The name of the images with a value."""
    return f"value {value}"


def run_experiments(
    spliced: SplicedModel,
    selectivity: FeatureSelectivity,
    seed: int,
    tick: Callable[[], None] = lambda: None,
    draws: int = DRAWS,
) -> dict[str, Any]:
    """All experiments on one network: arrays by name, and by split those of it. tick: called often; may raise."""
    random = np.random.default_rng(seed)
    mass = {name: spliced.mass(name) for name in ("easy", "hard", "balanced")}
    intact = {name: spliced.accuracy(name) for name in mass}
    arrays: dict[str, Any] = _ablate_one_by_one(spliced, selectivity, mass["easy"], tick)
    arrays |= _dose_response(spliced, selectivity, tick)
    for name, split_mass in mass.items():
        arrays[name] = {
            "accuracy_intact": np.array([intact[name]]),
            **_ablate_in_bulk(spliced, name, selectivity, split_mass, random, draws, tick),
        }
    return (
        arrays | {"head_accuracy": np.array([_balanced_accuracy(spliced)])} | _swaps(spliced, selectivity, random, tick)
    )


def _ablate_one_by_one(
    spliced: SplicedModel, selectivity: FeatureSelectivity, mass: Floats, tick: Callable[[], None]
) -> Arrays:
    """Accuracy on easy and hard without each of the features that do most."""
    order = selectivity.alive[np.argsort(-mass[selectivity.alive], kind="stable")][:SINGLE]
    rows = []
    for feature in order:
        tick()
        rows.append([spliced.accuracy(name, ablation_edit([int(feature)])) for name in ("easy", "hard")])
    return {"single": order, "single_accuracy": np.array(rows).reshape(-1, 2)}


def _dose_response(spliced: SplicedModel, selectivity: FeatureSelectivity, tick: Callable[[], None]) -> Arrays:
    """Accuracy on easy and hard, and the color-follow rate on hard, with all features of values turned up and down."""
    hard, chosen = spliced.split("hard"), selectivity.color_selective.tolist()
    rows = []
    for factor in FACTORS:
        tick()
        predicted = spliced.logits("hard", scaling_edit(chosen, factor)).argmax(1).astype(np.uint8)
        follow = color_follow_rate(hard.labels, hard.cue_classes, predicted)
        easy = spliced.accuracy("easy", scaling_edit(chosen, factor))
        rows.append([easy, float((predicted == hard.labels).mean()), np.nan if follow is None else follow])
    return {"dose": np.array(rows)}


def _ablate_in_bulk(
    spliced: SplicedModel,
    name: str,
    selectivity: FeatureSelectivity,
    mass: Floats,
    random: np.random.Generator,
    draws: int,
    tick: Callable[[], None],
) -> Arrays:
    """Accuracy on a split without any feature of a value, without all others, and without random features of the same
    mass on that split."""
    chosen = selectivity.color_selective
    pool = control_pool(mass, chosen, selectivity.alive)
    accuracies, sizes, masses = [], [], []
    for random_set in mass_matched(mass, chosen, pool, draws, random):
        tick()
        accuracies.append(spliced.accuracy(name, ablation_edit(random_set.tolist())))
        sizes.append(len(random_set))
        masses.append(float(mass[random_set].sum()))
    directions = []
    for _ in range(draws):
        tick()
        directions.append(spliced.accuracy(name, ablation_edit(chosen.tolist()), _random_directions(spliced, random)))
    return {
        "accuracy_without": np.array([spliced.accuracy(name, ablation_edit(chosen.tolist()))]),
        "accuracy_without_others": np.array([spliced.accuracy(name, ablation_edit(selectivity.other_alive.tolist()))]),
        "random_draws": np.array(accuracies),
        "direction_draws": np.array(directions),
        "random_sizes": np.array(sizes),
        "random_mass": np.array(masses),
        "mass": np.array([mass[chosen].sum(), mass.sum()]),
        "pool": np.array([len(pool), len(np.intersect1d(pool, chosen))]),
    }


def _random_directions(spliced: SplicedModel, random: np.random.Generator) -> Tensor:
    """(n, d): random directions, as long as the features' own."""
    generator = torch.Generator().manual_seed(int(random.integers(2**63)))
    decoder = spliced.model.decoder
    directions = random_dictionary(spliced.model.features, spliced.model.dimensions, generator).to(decoder.device)
    return directions * spliced.model.lengths[:, None]


def _swaps(
    spliced: SplicedModel, selectivity: FeatureSelectivity, random: np.random.Generator, tick: Callable[[], None]
) -> Arrays:
    """(values, values) each, own value (row) and added value (column): how often the added value's class is seen.

    Before; after the own value's features are dropped and the other's are put in at their typical strength, their mean
    activation with that value; and after the same with random features: dropped ones of the same mass, added ones at
    the same strengths. Over images of other classes than the added value's. NaN where a value has no feature, no class
    or no images.
    """
    content = spliced.split("balanced").content
    count = len(content.values)
    rates = {name: np.full((count, count), np.nan) for name in ("swap_before", "swap_after", "swap_random")}
    for own in range(count):
        dropped = selectivity.selective_for(own)
        if _with(own) not in spliced.names:
            continue
        mass = spliced.mass(_with(own))
        before = spliced.logits(_with(own)).argmax(1)
        for added in range(count):
            tick()
            label, features = content.aligned[added], selectivity.selective_for(added)
            others = spliced.split(_with(own)).labels != label
            if own == added or label == NO_CLASS or not (len(dropped) and len(features) and others.any()):
                continue
            changes = selectivity.response[features, added] * spliced.lengths[features]
            swap = _Swap(spliced, _with(own), changes)
            pool = control_pool(mass, dropped, selectivity.alive)
            by_chance = [
                swap.predictions(drop, random.permutation(selectivity.alive)[: len(features)])
                for drop in mass_matched(mass, dropped, pool, _SWAP_DRAWS, random)
            ]
            rates["swap_before"][own, added] = (before == label)[others].mean()
            rates["swap_after"][own, added] = (swap.predictions(dropped, features) == label)[others].mean()
            rates["swap_random"][own, added] = np.mean([(predicted == label)[others].mean() for predicted in by_chance])
    return rates


@dataclass(frozen=True)
class _Swap:
    """Features of the images of a split swapped for others, which move the activations by `changes` (k,)."""

    spliced: SplicedModel
    split: str
    changes: Floats

    def predictions(self, drop: Indices, add: Indices) -> Indices:
        amounts = self.changes[: len(add)] / np.maximum(self.spliced.lengths[add], 1e-12)
        edit = swap_edit(drop.tolist(), add.tolist(), amounts.tolist())
        return np.asarray(self.spliced.logits(self.split, edit).argmax(1))


def _balanced_accuracy(spliced: SplicedModel) -> float:
    """Accuracy on balanced images of a linear head that was fitted to other balanced images, on the layer as it is."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    head.fit(spliced.neurons("fitted"), spliced.split("fitted").labels)
    return float(head.score(spliced.neurons("balanced"), spliced.split("balanced").labels))


def removal_score(accuracy: float, ablated_accuracy: float, balanced: float) -> float | None:
    """Spurious-concept removal: how much of the way from an accuracy to that of a balanced head an ablation goes
    (Karvonen et al. 2024). None where there is no way to go."""
    return (ablated_accuracy - accuracy) / (balanced - accuracy) if balanced > accuracy else None


def _first(split: Split, samples: int) -> Split:
    return split.take(np.arange(min(samples, len(split))))
