"""Whether two autoencoders of the same layer, from different seeds say, find the same features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from lazytui.sae.category_names import CATEGORIES

STRONG = 32
"""Features of each that are looked for in the other: those that do most."""


@dataclass(frozen=True)
class FeatureDictionary:
    """What one autoencoder found. directions: (n, d), of unit length. category: (n,), indices into CATEGORIES.
    mass: (n,), mean activations."""

    directions: NDArray[np.float32]
    category: NDArray[np.int64]
    mass: NDArray[np.float64]

    @property
    def strongest(self) -> NDArray[np.int64]:
        """The features that do most, first those that do."""
        return np.argsort(-self.mass, kind="stable")[: min(STRONG, int((self.mass > 0).sum()))]

    @property
    def alive(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.category != CATEGORIES.index("dead"))


def nearest_partners(one: FeatureDictionary, other: FeatureDictionary) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(s,) each: for every strong feature of one the living feature of the other with the nearest direction, and the
    cosine of the two. There must be one alive."""
    cosines = one.directions[one.strongest].astype(np.float64) @ other.directions[other.alive].T.astype(np.float64)
    return other.alive[cosines.argmax(1)], cosines.max(1)


def matched_cosine(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Mean |cosine| between directions (n, d) and (m, d), of any length, matched one to one as well as they can be (the
    Hungarian method): the stability of Fel et al. 2025."""
    unit = [
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        for rows in (one.astype(np.float64), other.astype(np.float64))
    ]
    cosine = np.abs(unit[0] @ unit[1].T)
    return float(cosine[linear_sum_assignment(-cosine)].mean())


def measure_seed_stability(one: FeatureDictionary, other: FeatureDictionary) -> dict[str, float]:
    """same_category: of the strong features of both, the share whose partner has their category. by_chance: the share
    if partners were drawn from the other's living features. partner_cosine: of partners, on average. matched_cosine: of
    all living features."""
    same, chance, cosine = [], [], []
    for mine, theirs in ((one, other), (other, one)):
        nearest, nearest_cosine = nearest_partners(mine, theirs)
        own_category = mine.category[mine.strongest]
        share = np.bincount(theirs.category[theirs.alive], minlength=len(CATEGORIES)) / len(theirs.alive)
        same.append(theirs.category[nearest] == own_category)
        chance.append(share[own_category])
        cosine.append(nearest_cosine)
    measures = {"same_category": same, "same_category_by_chance": chance, "partner_cosine": cosine}
    means = {name: float(np.concatenate(values).mean()) for name, values in measures.items()}
    return means | {"matched_cosine": matched_cosine(one.directions[one.alive], other.directions[other.alive])}
