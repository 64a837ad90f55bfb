"""Autoencoders of several networks: how many features stand for what, and how selective they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.sae.result import SaeResult
from lazytui.analyses.side_by_side.figures_of_each import Value, figures_of_each, percent, summary
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.data.content import Content
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
    return [part.result for part in result.parts]


def _categories(result: SideBySideResult) -> Matrix:
    counts = [[(one.category == number).sum() for number in range(len(CATEGORIES))] for one in _found(result)]
    return Matrix(
        name="categories",
        title="Features by what they stand for",
        note=_about_categories(result.content),
        values=np.array(counts, dtype=np.float64),
        row_labels=result.names,
        column_labels=CATEGORIES,
        row_axis="network",
        column_axis="category",
        unit="features",
        low=0.0,
    )


def _about_categories(content: Content) -> str:
    label, attribute = content.label, content.attribute
    if not content.values:
        return f"{label}: features of a {label}; mixed: of none; dead: never active on the images that were shown."
    images = f"show every {label} in every {attribute}" if attribute == "color" else "show each group"
    return (
        f"Measured on images that {images} equally often. both: a {label} {_in(content)} a {attribute}; mixed: "
        "neither; dead: never active there."
    )


def _in(content: Content) -> str:
    return "in" if content.attribute == "color" else "with"


def _how_many(content: Content) -> str:
    return " ten, 1 to 10" if content.groups == (10, 10) else ", at least 1"


def _summary(result: SideBySideResult) -> Table:
    results = _found(result)
    label, attribute = result.content.label, result.content.attribute
    by = f"{attribute} (or {label})" if attribute else label
    rows: dict[str, Sequence[Value]] = {
        "features": [one.features for one in results],
        "dimensions": [one.dimensions for one in results],
        "variance explained, %": [_explained(one) for one in results],
        "active at a time": [one.l0 for one in results],
        **(
            {f"{attribute} selectivity, mean": [_mean_alive(one, one.attribute_selectivity) for one in results]}
            if attribute
            else {}
        ),
        f"{label} selectivity, mean": [_mean_alive(one, one.label_selectivity) for one in results],
        "hard accuracy, %": [percent(one.hard.accuracy_intact) for one in results],
        "hard, reconstructed, %": [percent(one.hard.accuracy_reconstructed) for one in results],
    }
    return summary(
        result,
        "Dictionaries side by side",
        f"Selectivity: a feature's largest mean activation by {by} over the mean of all{_how_many(result.content)}; it "
        "doesn't depend on the activations' scale. Means are over features that are alive, each counting the same.",
        rows,
    )


def _explained(one: SaeResult) -> float | None:
    return None if one.unexplained_variance is None else 100 * (1 - one.unexplained_variance)


def _mean_alive(one: SaeResult, selectivity: NDArray[np.float32]) -> float | None:
    alive = selectivity[one.category != CATEGORIES.index("dead")]
    finite = alive[np.isfinite(alive)]
    return float(finite.mean()) if finite.size else None
