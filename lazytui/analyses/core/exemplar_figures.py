"""The figures that a neuron and a feature have in common: images that speak for it, and digit by color."""

from __future__ import annotations

import numpy as np

from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Matrix, Pixels
from lazytui.runs.saved_result import Result


def evidence(result: Result, place: int, name: str, title: str, note: str) -> Pixels:
    """The strongest images over those from all over its activity. place: where it stands among the pictured."""
    arrays = result.arrays
    shown = np.concatenate([arrays["top"][place], arrays["quantiles"][place]]).astype(np.int64)
    values = np.concatenate([arrays["top_values"][place], arrays["quantile_values"][place]])
    return Pixels(
        name=name,
        title=title,
        note=f"First row: the strongest of {result.facts['probe_images']:,}. Second row: one from the middle of each "
        f"eighth of {note}, weakest first. Below: the activation.",
        images=arrays["evidence_images"][shown].astype(np.uint8),
        columns=arrays["top"].shape[1],
        captions=tuple(f"{value:.3g}" for value in values),
        row_labels=("top", "spread"),
    )


def heat(result: Result, row: int, name: str, title: str) -> Matrix:
    """Mean activation by digit and color, in percent of the largest."""
    ten = palette(result.facts["palette"])
    values = result.arrays["heat"][row].astype(np.float64)
    largest = float(np.abs(values).max())
    return Matrix(
        name=name,
        title=title,
        note="Columns that differ: it sees color. Rows that differ: it sees shape. In percent of its largest mean, "
        f"{largest:.3g}.",
        values=100 * values / max(largest, 1e-12),
        row_labels=DIGITS,
        column_labels=ten.names,
        row_axis="digit",
        column_axis="color",
        unit="%",
        column_colors=ten.colors,
    )
