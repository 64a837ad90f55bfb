"""Autoencoders of several networks: how many features stand for what, and how selective they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.sae.result import SaeResult
from lazytui.analyses.side_by_side.figures_of_each import Value, figures_of_each, percent, summary
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.figures.kinds import Figure, Matrix, Table
from lazytui.sae.category_names import CATEGORIES


def dictionary_figures(result: SideBySideResult) -> list[Figure]:
    """First what differs, then each one's features by color and by digit."""
    return [
        _categories(result),
        _summary(result),
        *figures_of_each(result, ("colors", "digits", "geometry", "feature-cosines")),
    ]


def _found(result: SideBySideResult) -> list[SaeResult]:
    return [part.found for part in result.parts]


def _categories(result: SideBySideResult) -> Matrix:
    counts = [[(one.category == number).sum() for number in range(len(CATEGORIES))] for one in _found(result)]
    return Matrix(
        name="categories",
        title="Features by what they stand for",
        note="Measured on images that show every digit in every color equally often. both: a digit in a color; mixed: "
        "neither; dead: never active there.",
        values=np.array(counts, dtype=np.float64),
        row_labels=result.names,
        column_labels=CATEGORIES,
        row_axis="network",
        column_axis="category",
        unit="features",
        low=0.0,
    )


def _summary(result: SideBySideResult) -> Table:
    found = _found(result)
    rows: dict[str, Sequence[Value]] = {
        "features": [one.features for one in found],
        "dimensions": [one.dimensions for one in found],
        "variance explained, %": [_explained(one) for one in found],
        "active at a time": [one.l0 for one in found],
        "color selectivity, mean": [_mean_alive(one, one.color_selectivity) for one in found],
        "digit selectivity, mean": [_mean_alive(one, one.digit_selectivity) for one in found],
        "hard accuracy, %": [percent(one.hard.accuracy_intact) for one in found],
        "hard, reconstructed, %": [percent(one.hard.accuracy_reconstructed) for one in found],
    }
    return summary(
        result,
        "Dictionaries side by side",
        "Selectivity: a feature's largest mean activation by color (or digit) over the mean of all ten, 1 to 10; it "
        "doesn't depend on the activations' scale. Means are over features that are alive, each counting the same.",
        rows,
    )


def _explained(one: SaeResult) -> float | None:
    return None if one.unexplained_variance is None else 100 * (1 - one.unexplained_variance)


def _mean_alive(one: SaeResult, selectivity: NDArray[np.float32]) -> float | None:
    alive = selectivity[one.category != CATEGORIES.index("dead")]
    finite = alive[np.isfinite(alive)]
    return float(finite.mean()) if finite.size else None
