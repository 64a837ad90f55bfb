"""Figures of how the directions of features lie to each other."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.sae.result import SaeResult
from lazytui.figures.kinds import Column, Figure, Histogram, Interval, Matrix, Table
from lazytui.sae.feature_geometry import MOST_MEASURED

_COSINE_BINS = 20


def cosines(result: SaeResult) -> Histogram:
    nearest = result.nearest_cosine[:, 0].astype(np.float64)
    edges = np.linspace(min(0.0, float(nearest.min())), 1, _COSINE_BINS + 1)
    counts, _ = np.histogram(nearest, edges)
    return Histogram(
        name="cosines",
        title="Cosine of the nearest other direction",
        note="Of each decoder row with its nearest neighbor; near 1, two features share one direction.",
        edges=edges,
        counts=counts.astype(np.int64),
        x_label="cosine",
        unit="features",
    )


def geometry(result: SaeResult) -> list[Figure]:
    """Whether features of one value lie together, and whether the attribute is orthogonal to the label; nothing where
    no attribute is known."""
    geometry, content = result.geometry, result.content
    if geometry is None or not content.values:
        return []
    label, attribute = content.label, content.attribute
    shape = "shape" if label == "digit" else label
    pairs = (f"same {attribute}", f"same {label}", f"{attribute} with {label}")
    table = Table(
        name="geometry",
        title=f"Do features of one {attribute} lie together, and is {attribute} orthogonal to {shape}?",
        note="|cos|: mean over pairs of features of the absolute cosine of their directions, 0 where they are "
        f"orthogonal, of the {MOST_MEASURED} features that do most. shuffled: the same with shuffled labels (favorite "
        f"{attribute}s among {attribute} features, favorite {content.labels} among {label} features, and which are "
        "which among both), with its central 95 %. p: two-sided, of 1,000 shuffles.",
        columns=(
            Column(name="pairs"),
            Column(name="count"),
            Column(name="|cos|", decimals=3),
            Column(name="shuffled", decimals=3),
            Column(name="95 %", decimals=3),
            Column(name="p", decimals=3),
        ),
        rows=tuple(
            (
                name,
                int(geometry.count[row]),
                float(geometry.mean[row]),
                float(geometry.shuffled[row]),
                Interval(float(low), float(high)) if np.isfinite([low, high]).all() else None,
                float(geometry.p[row]),
            )
            for row, (name, low, high) in enumerate(zip(pairs, geometry.low, geometry.high, strict=True))
        ),
    )
    if not len(geometry.shown):
        return [table]
    names = tuple(f"{feature} {_favorite(result, int(feature))}" for feature in geometry.shown)
    matrix = Matrix(
        name="feature-cosines",
        title="Cosine of the directions of features",
        note=f"The {len(names)} features with the largest mean activation, by category and by the {attribute} or "
        f"{label} that they are most active for. Blocks on the diagonal: features of one {attribute} that share a "
        "direction.",
        values=geometry.cosine.astype(np.float64),
        row_labels=names,
        column_labels=tuple(str(feature) for feature in geometry.shown),
        row_axis="feature",
        column_axis="feature",
        decimals=1,
        low=-1.0,
        high=1.0,
    )
    return [table, matrix]


def _favorite(result: SaeResult, feature: int) -> str:
    if result.is_of(feature, "digit"):
        return result.content.classes[result.favorite_label(feature)]
    return result.favorite_value(feature)
