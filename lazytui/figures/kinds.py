"""The figure kinds: what to show, not how.

A figure is plain data. Every drawing of it (terminal, HTML, SVG, PNG, text, JSON, CSV) is made from these fields alone,
so an analysis writes no drawing code, and a figure looks the same wherever it is shown.

A figure that exists can be drawn: each kind checks its fields when it is made, and raises InvalidFigure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lazytui.figures import checks

Tone = Literal["plain", "good", "bad", "muted"]
"""How a mark is meant; the theme decides the color, and a sign goes with it so that color is never alone."""

RGB = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True)
class Interval:
    """An entry of a table: from one value to another. is_change: whether its ends are written with their signs."""

    low: float
    high: float
    is_change: bool = False

    def __post_init__(self) -> None:
        checks.check_limits(self.low, self.high)


@dataclass(frozen=True)
class PartOf:
    """An entry of a table: so many of so many."""

    hits: int
    of: int

    def __post_init__(self) -> None:
        checks.require(0 <= self.hits <= self.of, f"a part is {self.hits} of {self.of}")


Cell = str | int | float | Interval | PartOf | None
"""One entry of a table; None is a value that isn't defined, which is shown as such and never as 0."""

MOST_IMAGES = 10_000
MOST_PIXELS = 4_000_000
MOST_CELLS = 1_000_000
MOST_MATRIX_CELLS = 10_000
MOST_SERIES = 1_000
MOST_POINTS = 10_000_000
MOST_BARS = 10_000
MOST_COLUMNS = 1_000
"""Figures far beyond what a person can look at aren't drawn; these are a hundred times what analyses make."""


@dataclass(frozen=True)
class Share:
    """What stands behind a percentage: so many of so many. hits: None for a mean, which counts nothing.

    what: the things that are counted, in the plural.
    """

    name: str
    of: int
    what: str = "images"
    hits: int | None = None

    def __post_init__(self) -> None:
        checks.check_texts("a share", (self.name, self.what))
        checks.require(0 <= (self.hits or 0) <= self.of, f"a share is {self.hits} of {self.of}")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What all kinds share.

    name: a slug, unique within an analysis (`--figure confusion-easy`).
    title: one line.
    note: what a reader needs so as not to be misled: definition, denominator, null. May be empty.
    shares: the counts behind its percentages, where they don't stand in it.
    """

    name: str
    title: str
    note: str = ""
    shares: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        checks.check_text("a name", self.name)
        checks.check_text("a title", self.title, checks.LONGEST_TITLE)
        checks.check_text("a note", self.note, checks.LONGEST_NOTE)
        checks.check_size("shares", len(self.shares), MOST_SERIES)

    def is_same(self, other: Figure) -> bool:
        """Whether the other shows the same; undefined values are the same."""
        return _same(self, other)


def _same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f")
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if is_dataclass(one) and not isinstance(one, type):
        return all(_same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return one == other or one is other


@dataclass(frozen=True, kw_only=True)
class Pixels(Figure):
    """A grid of small color images, filled row by row.

    images: (n, h, w, 3) uint8.
    columns: images in a row.
    captions: none, or one short line an image, shown below it.
    tones: none, or one an image: how the caption is meant.
    row_labels, column_labels: none, or one a row or column of the grid.
    row_axis, column_axis: what the labels are.
    overlay: none, or (n, h, w) float32 signed evidence, normalized to [-1, 1]: images are veiled where there is none;
    NaN where there is no map, and the image is shown as it is. overlay_max: the evidence that 1 stands for; None where
    each image has its own. white: what white stands for, where the images are values from 0, black, in gray.
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
    overlay_max: float | None = None
    white: float | None = None

    @property
    def has_scale(self) -> bool:
        """Whether what colors mean stands below the images."""
        return self.overlay is not None or self.white is not None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_shape("images", self.images, (None, None, None, 3), "u")
        checks.require(self.images.dtype == np.uint8, f"images have the type {self.images.dtype}")
        count = len(self.images)
        checks.check_size("images", count, MOST_IMAGES)
        checks.require(not count or min(self.images.shape[1:3]) > 0, "images without a pixel")
        checks.check_size("pixels", self.images.size // 3, MOST_PIXELS)
        checks.require(1 <= self.columns <= MOST_IMAGES, f"{self.columns} images in a row")
        checks.check_matching("captions", self.captions, count)
        checks.check_matching("tones", self.tones, count)
        checks.require(set(self.tones) <= set(get_args(Tone)), "a tone isn't one of those there are")
        rows = math.ceil(count / self.columns)
        checks.check_size("labels of rows", len(self.row_labels), max(rows, 1))
        checks.check_size("labels of columns", len(self.column_labels), self.columns)
        checks.check_texts("a caption or label", (*self.captions, *self.row_labels, *self.column_labels))
        checks.check_texts("an axis", (self.row_axis, self.column_axis))
        if self.overlay is not None:
            checks.check_shape("the overlay", self.overlay, self.images.shape[:3], "f")
        if self.overlay_max is not None:
            checks.check_number("the largest evidence", self.overlay_max)
        if self.white is not None:
            checks.check_number("the value of white", self.white)
            checks.require(self.overlay is None, "both an overlay and values in gray")


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

    def __post_init__(self) -> None:
        super().__post_init__()
        rows, columns = len(self.row_labels), len(self.column_labels)
        checks.check_size("cells", rows * columns, MOST_MATRIX_CELLS)
        checks.check_shape("values", self.values, (rows, columns), "fiu")
        checks.check_numbers("a value", self.values, gaps=True)
        checks.check_texts("a label", (*self.row_labels, *self.column_labels))
        checks.check_texts("an axis or unit", (self.row_axis, self.column_axis, self.unit))
        checks.check_decimals(self.decimals)
        checks.check_limits(self.low, self.high)
        checks.check_matching("colors of rows", self.row_colors, rows)
        checks.check_matching("colors of columns", self.column_colors, columns)
        checks.check_colors((*self.row_colors, *self.column_colors))


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line of a chart: x and y are (n,) float64; y may hold NaN or infinity, which are gaps."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def __post_init__(self) -> None:
        checks.check_text("a series' name", self.name)
        checks.check_shape("x", self.x, (None,), "fiu")
        checks.check_shape("y", self.y, self.x.shape, "fiu")
        for what, values in (("x", self.x), ("y", self.y)):
            checks.check_numbers(what, values, gaps=True)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A labelled constant to compare with: chance, a ceiling, a published value."""

    name: str
    value: float

    def __post_init__(self) -> None:
        checks.check_text("a reference's name", self.name)
        checks.check_number("a reference", self.value)


@dataclass(frozen=True, kw_only=True)
class Lines(Figure):
    """Curves over a common x.

    low, high: limits of y; None takes the data's own. marks: values of x at which something begins. joined: whether a
    line goes through the points, or each stands for itself.
    """

    series: tuple[Series, ...]
    x_label: str
    y_label: str
    log_y: bool = False
    low: float | None = None
    high: float | None = None
    references: tuple[Reference, ...] = ()
    marks: tuple[Reference, ...] = ()
    joined: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_size("series", len(self.series), MOST_SERIES)
        checks.check_size("points", sum(len(series.x) for series in self.series), MOST_POINTS)
        checks.check_size("references", len(self.references) + len(self.marks), MOST_SERIES)
        checks.check_texts("an axis", (self.x_label, self.y_label))
        checks.check_limits(self.low, self.high)


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

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(self.labels)
        checks.check_size("bars", count, MOST_BARS)
        checks.check_size("references", len(self.references), MOST_SERIES)
        checks.check_shape("values", self.values, (count,), "fiu")
        checks.check_numbers("a value", self.values, gaps=True)
        if self.intervals is not None:
            checks.check_shape("intervals", self.intervals, (count, 2), "fiu")
            checks.check_numbers("an interval", self.intervals, gaps=True)
        checks.check_texts("a label or unit", (*self.labels, self.unit))
        checks.check_decimals(self.decimals)
        checks.check_limits(self.low, self.high)
        checks.check_number("low", self.low)
        checks.check_matching("colors", self.colors, count)
        checks.check_colors(self.colors)


@dataclass(frozen=True, kw_only=True)
class Histogram(Figure):
    """Counts between edges: edges (bins + 1,) float64, counts (bins,) int64."""

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    x_label: str
    unit: str = "samples"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_shape("counts", self.counts, (None,), "iu")
        checks.check_size("bins", len(self.counts), MOST_BARS)
        checks.check_shape("edges", self.edges, (len(self.counts) + 1,), "fiu")
        checks.check_numbers("an edge", self.edges, gaps=False)
        checks.require(bool((np.diff(self.edges) >= 0).all()), "edges go down")
        checks.require(bool((self.counts >= 0).all()), "a count is less than 0")
        checks.check_texts("a label or unit", (self.x_label, self.unit))


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table. decimals: for float entries; unit stands in the heading."""

    name: str
    unit: str = ""
    decimals: int = 1

    def __post_init__(self) -> None:
        checks.check_texts("a column", (self.name, self.unit))
        checks.check_decimals(self.decimals)


@dataclass(frozen=True, kw_only=True)
class Table(Figure):
    """Rows under named columns. ordered_by: the column whose largest entries stand first, where it is one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ordered_by: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_size("columns", len(self.columns), MOST_COLUMNS)
        checks.check_size("cells", len(self.rows) * len(self.columns), MOST_CELLS)
        names = {column.name for column in self.columns}
        checks.require(not self.ordered_by or self.ordered_by in names, f"{self.ordered_by!r} is no column")
        for row in self.rows:
            checks.require(len(row) == len(self.columns), f"{len(row)} cells under {len(self.columns)} columns")
            for cell in row:
                if not isinstance(cell, Interval | PartOf):
                    checks.check_cell(cell)


@dataclass(frozen=True, kw_only=True)
class Text(Figure):
    """Plain paragraphs, to be wrapped by whoever draws them; no markup."""

    paragraphs: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_texts("a paragraph", self.paragraphs, checks.LONGEST_NOTE)
        checks.check_size("characters", sum(map(len, self.paragraphs)), checks.LONGEST_TEXT)
