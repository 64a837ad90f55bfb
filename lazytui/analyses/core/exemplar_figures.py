"""The figures that a neuron and a feature have in common: dataset exemplars, and mean activation by digit and color."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.data.palettes import Palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Matrix, Pixels


def exemplar_images(exemplars: Exemplars, index: int, probe_images: int, name: str, title: str, note: str) -> Pixels:
    """The strongest images over those from all over its activity. index: of the unit among those that have images."""
    images = np.concatenate([exemplars.top[index], exemplars.quantiles[index]])
    values = np.concatenate([exemplars.top_values[index], exemplars.quantile_values[index]])
    return Pixels(
        name=name,
        title=title,
        note=f"First row: the strongest of {probe_images:,}. Second row: the median image of each eighth of {note}, "
        "weakest first. Below: the activation.",
        images=exemplars.images[images],
        columns=exemplars.top.shape[1],
        captions=tuple(f"{value:.3g}" for value in values),
        row_labels=("top", "spread"),
    )


def group_means(means: NDArray[np.float32], ten: Palette, name: str, title: str) -> Matrix:
    """(10, 10) mean activation by digit and color, in percent of the largest."""
    values = means.astype(np.float64)
    largest = float(np.abs(values).max())
    return Matrix(
        name=name,
        title=title,
        note="Columns that differ: it responds to color. Rows that differ: it responds to shape. In percent of the "
        f"largest mean, {largest:.3g}.",
        values=100 * values / max(largest, 1e-12),
        row_labels=DIGITS,
        column_labels=ten.names,
        row_axis="digit",
        column_axis="color",
        unit="%",
        column_colors=ten.colors,
    )
