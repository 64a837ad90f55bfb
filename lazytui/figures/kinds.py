"""The figure kinds: what to show, not how.

A figure is plain data. Every drawing of it (terminal, HTML, SVG, PNG, text, JSON, CSV) is made from these fields alone,
so an analysis writes no drawing code, and a figure looks the same wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Tone = Literal["plain", "good", "bad", "muted"]
"""How a mark is meant; the theme decides the color, and a sign goes with it so that color is never alone."""

RGB = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

Cell = str | int | float | None
"""One entry of a table; None is a value that isn't defined, which is shown as such and never as 0."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What all kinds share.

    name: a slug, unique within an analysis (`--figure confusion-easy`).
    title: one line.
    note: what a reader needs so as not to be misled: definition, denominator, null. May be empty.
    """

    name: str
    title: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Pixels(Figure):
    """A grid of small color images, filled row by row.

    images: (n, h, w, 3) uint8.
    columns: images in a row.
    captions: none, or one short line an image, shown below it.
    tones: none, or one an image: how the caption is meant.
    row_labels, column_labels: none, or one a row or column of the grid.
    row_axis, column_axis: what the labels are.
    overlay: none, or (n, h, w) float32 signed evidence, normalized to [-1, 1], laid over the images.
    """

    images: NDArray[np.uint8]
    columns: int
    captions: tuple[str, ...] = ()
    tones: tuple[Tone, ...] = ()
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    row_axis: str = ""
    column_axis: str = ""
    overlay: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True)
class Matrix(Figure):
    """Labelled cells, drawn as a heat map with the numbers in it.

    values: (rows, columns) float64; NaN is an undefined cell.
    low, high: the values at the two ends of the color scale; None takes the data's own.
    unit: what a value is ("images", "%"); decimals: how many are shown.
    row_colors, column_colors: none, or one RGB a label: a swatch beside the label.
    """

    values: NDArray[np.float64]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    row_axis: str = ""
    column_axis: str = ""
    unit: str = ""
    decimals: int = 0
    low: float | None = None
    high: float | None = None
    row_colors: tuple[RGB, ...] = ()
    column_colors: tuple[RGB, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line of a chart: x and y are (n,) float64; y may hold NaN or infinity, which are gaps."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A labelled constant to compare with: chance, a ceiling, a published value."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Lines(Figure):
    """Curves over a common x.

    low, high: limits of y; None takes the data's own. joined: whether a line goes through the points, or each stands
    for itself.
    """

    series: tuple[Series, ...]
    x_label: str
    y_label: str
    log_y: bool = False
    low: float | None = None
    high: float | None = None
    references: tuple[Reference, ...] = ()
    joined: bool = True


@dataclass(frozen=True, kw_only=True)
class Bars(Figure):
    """One bar a label.

    values: (n,) float64; NaN is undefined.
    intervals: none, or (n, 2) float64: the ends of each value's interval; NaN where a value has none.
    colors: none, or one RGB a bar.
    """

    labels: tuple[str, ...]
    values: NDArray[np.float64]
    unit: str = ""
    decimals: int = 1
    low: float = 0.0
    high: float | None = None
    intervals: NDArray[np.float64] | None = None
    colors: tuple[RGB, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Histogram(Figure):
    """Counts between edges: edges (bins + 1,) float64, counts (bins,) int64."""

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    x_label: str
    unit: str = "samples"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table. decimals: for float entries; unit stands in the heading."""

    name: str
    unit: str = ""
    decimals: int = 1


@dataclass(frozen=True, kw_only=True)
class Table(Figure):
    """Rows under named columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Text(Figure):
    """Plain paragraphs, to be wrapped by whoever draws them; no markup."""

    paragraphs: tuple[str, ...]
