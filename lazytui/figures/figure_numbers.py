"""The numbers that a figure shows, as records for scripts; pictures are left to the exported files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from lazytui.figures.kinds import (
    Bars,
    Cell,
    Figure,
    Histogram,
    Interval,
    Lines,
    Matrix,
    PartOf,
    Pixels,
    Reference,
    Table,
    Text,
)
from lazytui.figures.number_format import heading
from lazytui.figures.plain_figures import clean_figure

Number: TypeAlias = float | None
"""None is a value that isn't defined."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CountedShare(_Record):
    """What stands behind a percentage: `hits` of `of` things; `hits` is null for a mean."""

    name: str
    of: int
    what: str
    hits: int | None


class NamedValue(_Record):
    """A constant to compare with, such as chance, or a value of x at which something begins."""

    name: str
    value: float


class _Numbers(_Record):
    title: str
    note: str
    shares: list[CountedShare]


class Ends(_Record):
    """An interval in a table."""

    low: float
    high: float


class Part(_Record):
    """So many of so many, in a table."""

    hits: int
    of: int


class TableNumbers(_Numbers):
    """rows: an object a row, by column; a unit stands in the column's name, such as `hard accuracy (%)`."""

    kind: Literal["table"] = "table"
    rows: list[dict[str, str | int | float | Ends | Part | None]]


class MatrixNumbers(_Numbers):
    """values: a list a row."""

    kind: Literal["matrix"] = "matrix"
    row_axis: str
    column_axis: str
    row_labels: list[str]
    column_labels: list[str]
    unit: str
    values: list[list[Number]]


class Bar(_Record):
    """low, high: the ends of the value's interval, where it has one."""

    label: str
    value: Number
    low: Number
    high: Number


class BarsNumbers(_Numbers):
    """Values by label."""

    kind: Literal["bars"] = "bars"
    unit: str
    bars: list[Bar]
    references: list[NamedValue]


class Curve(_Record):
    """Points of a curve."""

    name: str
    x: list[Number]
    y: list[Number]


class LinesNumbers(_Numbers):
    """Curves over a common x."""

    kind: Literal["lines"] = "lines"
    x_label: str
    y_label: str
    series: list[Curve]
    references: list[NamedValue]
    marks: list[NamedValue]


class HistogramNumbers(_Numbers):
    """edges: one more than there are counts."""

    kind: Literal["histogram"] = "histogram"
    x_label: str
    unit: str
    edges: list[float]
    counts: list[int]


class TextNumbers(_Numbers):
    """The sentences of a verdict."""

    kind: Literal["text"] = "text"
    paragraphs: list[str]


class PixelsNumbers(_Numbers):
    """Images by caption and label; the images themselves are in `lazytui export RUN FILE.json`."""

    kind: Literal["pixels"] = "pixels"
    images: int
    columns: int
    row_axis: str
    column_axis: str
    captions: list[str]
    row_labels: list[str]
    column_labels: list[str]


FigureNumbers = Annotated[
    TableNumbers | MatrixNumbers | BarsNumbers | LinesNumbers | HistogramNumbers | TextNumbers | PixelsNumbers,
    Field(discriminator="kind"),
]


def figure_numbers(figures: Iterable[Figure]) -> dict[str, FigureNumbers]:
    """The numbers of each figure, by its name. Full precision; NaN and infinity, which JSON lacks, are None."""
    return {figure.name: _numbers(clean_figure(figure)) for figure in figures}


def _numbers(figure: Figure) -> FigureNumbers:
    shared = {
        "title": figure.title,
        "note": figure.note,
        "shares": [CountedShare(name=one.name, of=one.of, what=one.what, hits=one.hits) for one in figure.shares],
    }
    match figure:
        case Table():
            names = _unique([heading(column.name, column.unit) for column in figure.columns])
            rows = [dict(zip(names, map(_entry, row), strict=True)) for row in figure.rows]
            return TableNumbers(rows=rows, **shared)
        case Matrix():
            axes = {"row_axis": figure.row_axis, "column_axis": figure.column_axis, "unit": figure.unit}
            labels = {"row_labels": list(figure.row_labels), "column_labels": list(figure.column_labels)}
            return MatrixNumbers(values=[_values(row) for row in figure.values], **axes, **labels, **shared)
        case Bars():
            return BarsNumbers(unit=figure.unit, bars=_bars(figure), references=_named(figure.references), **shared)
        case Lines():
            return LinesNumbers(
                x_label=figure.x_label,
                y_label=figure.y_label,
                series=[Curve(name=one.name, x=_values(one.x), y=_values(one.y)) for one in figure.series],
                references=_named(figure.references),
                marks=_named(figure.marks),
                **shared,
            )
        case Histogram():
            edges, counts = figure.edges.tolist(), figure.counts.tolist()
            return HistogramNumbers(x_label=figure.x_label, unit=figure.unit, edges=edges, counts=counts, **shared)
        case Text():
            return TextNumbers(paragraphs=list(figure.paragraphs), **shared)
        case Pixels():
            return _pixels(figure, shared)
    raise TypeError(f"There are no numbers of a figure of type {type(figure).__name__}.")


def _unique(names: Sequence[str]) -> list[str]:
    """The names, those that occur again with the name before them (`color sel`, `digit sel`), or at last a number: what
    strangers call their networks may be alike."""
    apart = [
        f"{names[index - 1]} {name}" if index and names.count(name) > 1 else name for index, name in enumerate(names)
    ]
    before = [apart[:index].count(name) for index, name in enumerate(apart)]
    return [f"{name} ({count + 1})" if count else name for name, count in zip(apart, before, strict=True)]


def _pixels(figure: Pixels, shared: dict[str, Any]) -> PixelsNumbers:
    return PixelsNumbers(
        images=len(figure.images),
        columns=figure.columns,
        row_axis=figure.row_axis,
        column_axis=figure.column_axis,
        captions=list(figure.captions),
        row_labels=list(figure.row_labels),
        column_labels=list(figure.column_labels),
        **shared,
    )


def _bars(figure: Bars) -> list[Bar]:
    ends = np.full((len(figure.values), 2), np.nan) if figure.intervals is None else figure.intervals
    return [
        Bar(label=label, value=_plain(value), low=_plain(low), high=_plain(high))
        for label, value, (low, high) in zip(figure.labels, figure.values, ends, strict=True)
    ]


def _named(references: Sequence[Reference]) -> list[NamedValue]:
    return [NamedValue(name=one.name, value=one.value) for one in references]


def _values(array: np.ndarray[Any, Any]) -> list[Number]:
    return [_plain(value) for value in array.tolist()]


def _entry(cell: Cell) -> Any:
    match cell:
        case Interval():
            return Ends(low=cell.low, high=cell.high)
        case PartOf():
            return Part(hits=cell.hits, of=cell.of)
    return _plain(cell)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
