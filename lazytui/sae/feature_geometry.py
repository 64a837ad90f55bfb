"""Where features point: whether those of one color lie together, and whether color is orthogonal to shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.sae.category_names import CATEGORIES

PAIRS = ("same color", "same digit", "color with digit")
"""The pairs of features that are asked about."""

MOST_MEASURED = 512
"""Features, those that do most, whose pairs are measured: there are a quarter of a million pairs of so many."""

_DRAWS = 1000


@dataclass(frozen=True)
class PairCosines:
    """Of each of PAIRS, (3,). count: pairs. mean: of |cos|, 0 to 1; shuffled, low, high: mean and central 95 % of the
    same under shuffled labels; p: two-sided. NaN where there are no pairs."""

    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    shuffled: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]


def measure_pair_cosines(
    directions: NDArray[np.float32],
    category: NDArray[np.int64],
    favorite_color: NDArray[np.int64],
    favorite_digit: NDArray[np.int64],
    generator: np.random.Generator,
) -> PairCosines:
    """Mean |cos| between directions of features, beside what 1,000 shuffles of their labels give.

    directions: (n, d). category, favorite_color, favorite_digit: (n,). `same color`: pairs of color features with one
    favorite color, of which the favorite colors are shuffled; `same digit` likewise; `color with digit`: a color and a
    digit feature, of which the categories are shuffled among both.
    """
    unit = directions.astype(np.float64)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    cosine = np.abs(unit @ unit.T)
    color, digit = (np.flatnonzero(category == CATEGORIES.index(name)) for name in ("color", "digit"))
    both = np.concatenate([color, digit])
    is_color = (np.arange(len(both)) < len(color)).astype(np.int64)
    questions: list[tuple[NDArray[np.int64], NDArray[np.int64], Callable[..., NDArray[np.bool_]]]] = [
        (color, favorite_color[color], np.equal),
        (digit, favorite_digit[digit], np.equal),
        (both, is_color, np.not_equal),
    ]
    rows = [
        _compare(cosine[np.ix_(chosen, chosen)], labels, related, generator) for chosen, labels, related in questions
    ]
    count, *rest = zip(*rows, strict=True)
    return PairCosines(np.array(count, np.int64), *(np.array(column, np.float64) for column in rest))


def _compare(
    cosine: NDArray[np.float64],
    labels: NDArray[np.int64],
    related: Callable[..., NDArray[np.bool_]],
    generator: np.random.Generator,
) -> tuple[int, float, float, float, float, float]:
    """Count, mean, and mean, 2.5 and 97.5 % quantile of shuffles, and p, over the pairs whose labels are related."""
    upper = np.triu_indices(len(labels), 1)
    values = cosine[upper]

    def chosen(own: NDArray[np.int64]) -> NDArray[np.bool_]:
        return related(own[upper[0]], own[upper[1]])

    pairs = chosen(labels)
    count = int(pairs.sum())
    if not count or count == len(values):  # of nothing, or the same however labels are shuffled
        mean = float(values.mean()) if count else np.nan
        return count, mean, np.nan, np.nan, np.nan, np.nan
    mean = float(values[pairs].mean())
    shuffled = np.array([values[chosen(generator.permutation(labels))].mean() for _ in range(_DRAWS)])
    center = float(shuffled.mean())
    extreme = int((np.abs(shuffled - center) >= abs(mean - center) - 1e-12).sum())
    low, high = (float(end) for end in np.quantile(shuffled, (0.025, 0.975)))
    return count, mean, center, low, high, (extreme + 1) / (_DRAWS + 1)
