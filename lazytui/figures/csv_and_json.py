"""Figures as data for scripts: JSON for any number of them, CSV for one."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lazytui.figures.image_overlays import encode_png
from lazytui.figures.kinds import Bars, Figure, Histogram, Interval, Lines, Matrix, PartOf, Pixels, Table, Text
from lazytui.figures.number_format import entry, heading
from lazytui.figures.plain_figures import clean_figure

_CSV_DECIMALS = 6
"""Of the ends of an interval, which share a cell."""


def figures_json(figures: Sequence[Figure], *, title: str = "") -> str:
    """One JSON object: `{"title": ..., "figures": [{"kind": "matrix", "name": ..., ...}, ...]}`.

    Each figure has its kind's fields under their names (see `kinds`). Numbers keep their full precision; NaN and
    infinity, which JSON lacks, are null. Images are a list of PNG files in base64, lossless and a tenth of the size of
    nested lists: `jq -r '.figures[0].images[0]' out.json | base64 -d > 0.png`. An overlay is nested lists, (n, h, w).
    """
    content = {"title": title, "figures": [_as_json(clean_figure(figure)) for figure in figures]}
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"


def _as_json(figure: Figure) -> dict[str, Any]:
    fields = {field.name: _plain_value(getattr(figure, field.name)) for field in dataclasses.fields(figure)}
    if isinstance(figure, Pixels):
        fields["images"] = [base64.b64encode(encode_png(image)).decode() for image in figure.images]
    return {"kind": type(figure).__name__.lower(), **fields}


def _plain_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [] if value.dtype == np.uint8 else _plain_value(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def figure_csv(figure: Figure) -> str:
    """One figure as comma-separated values with a heading (RFC 4180, but lines end in `\\n`).

    `Table` as it is; `Matrix` with its row labels in the first column; `Lines` long (series, x, y; a reference has no
    x, and a mark no y); `Bars` with the ends of the interval; `Histogram` with the edges of each bin; `Text` a
    paragraph a row; `Pixels` a row a pixel: the image's place, labels and caption, then y, x, red, green, blue and the
    evidence of an overlay. Numbers keep their full precision; what is undefined is empty.
    """
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for row in _rows(clean_figure(figure)):
        writer.writerow([_csv_entry(item) for item in row])
    return output.getvalue()


def _csv_entry(item: Any) -> Any:
    if isinstance(item, Interval | PartOf):
        return entry(item, _CSV_DECIMALS)
    if isinstance(item, np.generic):
        item = item.item()
    if item is None or (isinstance(item, float) and math.isnan(item)):
        return ""
    return item


def _rows(figure: Figure) -> Iterable[Sequence[Any]]:
    match figure:
        case Table():
            return [[heading(column.name, column.unit) for column in figure.columns], *figure.rows]
        case Matrix():
            corner = " / ".join(axis for axis in (figure.row_axis, figure.column_axis) if axis)
            cells = zip(figure.row_labels, figure.values, strict=True)
            return [[corner, *figure.column_labels], *([label, *row] for label, row in cells)]
        case Lines():
            points = [(s.name, x, y) for s in figure.series for x, y in zip(s.x, s.y, strict=True)]
            constants = [(reference.name, None, reference.value) for reference in figure.references]
            marks = [(mark.name, mark.value, None) for mark in figure.marks]
            return [("series", figure.x_label or "x", figure.y_label or "y"), *points, *constants, *marks]
        case Bars():
            ends = figure.intervals if figure.intervals is not None else [(None, None)] * len(figure.values)
            bars = zip(figure.labels, figure.values, ends, strict=True)
            return [
                ("label", heading("value", figure.unit), "low", "high"),
                *((label, value, *interval) for label, value, interval in bars),
            ]
        case Histogram():
            bins = zip(figure.edges[:-1], figure.edges[1:], figure.counts, strict=True)
            return [("from", "to", figure.unit or "count"), *bins]
        case Text():
            return [("paragraph",), *((paragraph,) for paragraph in figure.paragraphs)]
        case Pixels():
            return _pixel_rows(figure)
    raise TypeError(f"There is no CSV for a figure of type {type(figure).__name__}.")


def _pixel_rows(figure: Pixels) -> Iterable[Sequence[Any]]:
    evidence = ("evidence",) if figure.overlay is not None else ()
    row_name, column_name = figure.row_axis or "row", figure.column_axis or "column"
    yield ("image", row_name, column_name, "caption", "y", "x", "red", "green", "blue", *evidence)
    for index, image in enumerate(figure.images):
        row, column = divmod(index, figure.columns)
        position = (
            index,
            figure.row_labels[row] if row < len(figure.row_labels) else row,
            figure.column_labels[column] if column < len(figure.column_labels) else column,
            figure.captions[index] if index < len(figure.captions) else "",
        )
        for y, x in np.ndindex(image.shape[:2]):
            extra = (figure.overlay[index, y, x],) if figure.overlay is not None else ()
            yield (*position, y, x, *image[y, x].tolist(), *extra)
