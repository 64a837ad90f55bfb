"""A figure that exists can be drawn, in every medium and at every width; one that can't be drawn can't be made."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lazytui.figures.checks import (
    LARGEST,
    LONGEST_CELL,
    LONGEST_LABEL,
    LONGEST_NOTE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    InvalidFigure,
)
from lazytui.figures.figure_files import export
from lazytui.figures.kinds import (
    Bars,
    Cell,
    Column,
    Figure,
    Histogram,
    Lines,
    Matrix,
    Pixels,
    Reference,
    Series,
    Table,
    Text,
)
from tests.figures import samples
from tests.fuzz.conftest import LONG, bounded
from tests.fuzz.mutations import ODD

SUFFIXES = (".txt", ".ansi", ".json", ".csv")
SLOW = (".html", ".svg", ".png", ".pdf")

finite = st.floats(-LARGEST, LARGEST) | st.floats(-100, 100) | st.sampled_from([0.0, -0.0, 1e-320, LARGEST, -LARGEST])
gappy = finite | st.sampled_from([np.nan, np.inf, -np.inf])
texts = st.text(max_size=12) | st.sampled_from(
    [text for text in ODD if isinstance(text, str) and len(text) <= LONGEST_LABEL]
)
colors = st.tuples(*[st.integers(0, 255)] * 3)
decimals = st.integers(0, 20)
limits = st.none() | finite
tones = st.sampled_from(["plain", "good", "bad", "muted"])
references = st.lists(st.builds(Reference, name=texts, value=finite), max_size=2).map(tuple)


def several(entries: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """One for each, or none at all."""
    return st.just(()) | st.lists(entries, min_size=count, max_size=count).map(tuple)


def exactly(entries: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(entries, min_size=count, max_size=count).map(tuple)


def values(*shape: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, shape, elements=gappy)


@st.composite
def pixels(draw: Callable[[Any], Any]) -> Pixels:
    count, height, width = draw(st.integers(0, 5)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    columns = draw(st.integers(1, 6))
    overlay = arrays(np.float32, (count, height, width), elements=st.floats(width=32))
    meanings = draw(
        st.just({}) | st.fixed_dictionaries({"overlay": overlay}) | st.fixed_dictionaries({"white": finite})
    )
    return Pixels(
        **draw(heads),
        images=draw(arrays(np.uint8, (count, height, width, 3))),
        columns=columns,
        captions=draw(several(texts, count)),
        tones=draw(several(tones, count)),
        row_labels=draw(several(texts, -(-count // columns))),
        column_labels=draw(several(texts, columns)),
        row_axis=draw(texts),
        column_axis=draw(texts),
        **meanings,
    )


@st.composite
def matrices(draw: Callable[[Any], Any]) -> Matrix:
    rows, columns = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    return Matrix(
        **draw(heads),
        values=draw(values(rows, columns)),
        row_labels=draw(exactly(texts, rows)),
        column_labels=draw(exactly(texts, columns)),
        row_axis=draw(texts),
        unit=draw(texts),
        decimals=draw(decimals),
        low=draw(limits),
        high=draw(limits),
        row_colors=draw(several(colors, rows)),
        column_colors=draw(several(colors, columns)),
    )


@st.composite
def series(draw: Callable[[Any], Any]) -> Series:
    points = draw(st.integers(0, 6) | st.just(900))
    if points > 6:
        x, y = draw(gappy), draw(gappy)
        return Series(name="long", x=np.linspace(0, 1, points), y=np.tile([x, y, 0.0], points // 3))
    return Series(name=draw(texts), x=draw(values(points)), y=draw(values(points)))


@st.composite
def lines(draw: Callable[[Any], Any]) -> Lines:
    return Lines(
        **draw(heads),
        series=draw(st.lists(series(), max_size=3).map(tuple)),
        x_label=draw(texts),
        y_label=draw(texts),
        log_y=draw(st.booleans()),
        low=draw(limits),
        high=draw(limits),
        references=draw(references),
        joined=draw(st.booleans()),
    )


@st.composite
def bars(draw: Callable[[Any], Any]) -> Bars:
    count = draw(st.integers(0, 5))
    return Bars(
        **draw(heads),
        labels=draw(exactly(texts, count)),
        values=draw(values(count)),
        unit=draw(texts),
        decimals=draw(decimals),
        low=draw(finite),
        high=draw(limits),
        intervals=draw(st.none() | values(count, 2)),
        colors=draw(several(colors, count)),
        references=draw(references),
    )


@st.composite
def histograms(draw: Callable[[Any], Any]) -> Histogram:
    bins = draw(st.integers(0, 6))
    return Histogram(
        **draw(heads),
        edges=np.sort(draw(arrays(np.float64, bins + 1, elements=finite))),
        counts=draw(arrays(np.int64, bins, elements=st.integers(0, 10**15) | st.integers(0, 20))),
        x_label=draw(texts),
        unit=draw(texts),
    )


cells: st.SearchStrategy[Cell] = st.none() | texts | gappy | st.integers(-(10**18), 10**18)


@st.composite
def tables(draw: Callable[[Any], Any]) -> Table:
    count = draw(st.integers(0, 4))
    return Table(
        **draw(heads),
        columns=draw(exactly(st.builds(Column, name=texts, unit=texts, decimals=decimals), count)),
        rows=draw(st.lists(exactly(cells, count), max_size=4).map(tuple)),
    )


heads = st.fixed_dictionaries({"name": texts, "title": texts, "note": texts})
words = st.builds(Text, name=texts, title=texts, note=texts, paragraphs=st.lists(texts, max_size=3).map(tuple))
figures = st.one_of(pixels(), matrices(), lines(), bars(), histograms(), tables(), words)


@settings(
    max_examples=4000 if LONG else 300,
    derandomize=not LONG,
    database=None,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(
    figure=figures,
    suffix=st.sampled_from((*SUFFIXES * 6, *SLOW)),
    width=st.sampled_from([1, 2, 7, 20, 80, 200]),
    theme=st.sampled_from(["light", "dark"]),
)
def test_what_exists_can_be_drawn(
    figure: Figure, suffix: str, width: int, theme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / f"drawn{suffix}"
    with bounded(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export([figure], file, width=width, theme=theme)
    assert file.stat().st_size
    file.unlink()


LINES = Lines(
    name="x", title="x", series=(Series(name="x", x=np.arange(3.0), y=np.arange(3.0)),), x_label="x", y_label="y"
)
BARS = Bars(name="x", title="x", labels=("a", "b"), values=np.zeros(2))
MATRIX = Matrix(name="x", title="x", values=np.zeros((2, 3)), row_labels=("a", "b"), column_labels=("c", "d", "e"))
IMAGES = Pixels(name="x", title="x", images=np.zeros((2, 4, 4, 3), np.uint8), columns=2)
HISTOGRAM = Histogram(name="x", title="x", edges=np.arange(4.0), counts=np.arange(3), x_label="x")
TABLE = Table(name="x", title="x", columns=(Column(name="a"), Column(name="b")), rows=((1, "x"),))

INVALID: list[tuple[Any, dict[str, Any]]] = [
    (LINES, {"title": 5}),
    (LINES, {"title": "x" * (LONGEST_TITLE + 1)}),
    (LINES, {"note": "x" * (LONGEST_NOTE + 1)}),
    (LINES, {"x_label": "x" * (LONGEST_LABEL + 1)}),
    (LINES, {"low": float("nan")}),
    (LINES, {"high": 10**400}),
    (LINES, {"series": LINES.series * 100_000}),
    (BARS, {"values": np.zeros(3)}),
    (BARS, {"values": np.zeros((2, 1))}),
    (BARS, {"values": np.array([1e200, 0])}),
    (BARS, {"values": np.array(["a", "b"])}),
    (BARS, {"intervals": np.zeros((2, 3))}),
    (BARS, {"colors": ((1, 2, 3),)}),
    (BARS, {"colors": ((1, 2, 3), (1, 2, 300))}),
    (BARS, {"decimals": -1}),
    (BARS, {"low": None}),
    (MATRIX, {"values": np.zeros((3, 2))}),
    (MATRIX, {"row_labels": ("a",)}),
    (MATRIX, {"row_labels": ("a", "b") * 10**6, "column_labels": ("c",) * 10**6}),
    (IMAGES, {"images": np.zeros((2, 4, 4, 3), np.float64)}),
    (IMAGES, {"images": np.zeros((2, 4, 4), np.uint8)}),
    (IMAGES, {"images": np.broadcast_to(np.zeros((), np.uint8), (1, 40_000, 40_000, 3))}),
    (IMAGES, {"images": np.zeros((2, 0, 0, 3), np.uint8)}),
    (IMAGES, {"columns": 0}),
    (IMAGES, {"captions": ("a",)}),
    (IMAGES, {"tones": ("good", "loud")}),
    (IMAGES, {"overlay": np.zeros((2, 4, 5), np.float32)}),
    (IMAGES, {"white": np.inf}),
    (IMAGES, {"row_labels": ("a", "b", "c")}),
    (HISTOGRAM, {"counts": np.arange(4)}),
    (HISTOGRAM, {"counts": np.array([1, -1, 0])}),
    (HISTOGRAM, {"edges": np.array([0.0, 2.0, 1.0, 3.0])}),
    (HISTOGRAM, {"edges": np.array([0.0, 1.0, 2.0, np.inf])}),
    (TABLE, {"rows": ((1,),)}),
    (TABLE, {"rows": ((1, 10**400),)}),
    (TABLE, {"rows": ((1, [2]),)}),
    (TABLE, {"rows": ((1, "x" * (LONGEST_CELL + 1)),)}),
    (samples.text(), {"paragraphs": ("x" * LONGEST_NOTE,) * (LONGEST_TEXT // LONGEST_NOTE + 1)}),
]


@pytest.mark.parametrize(("figure", "change"), INVALID)
def test_what_cannot_be_drawn_cannot_be_made(figure: Any, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidFigure):
        replace(figure, **change)


def test_a_series_has_as_many_values_as_points() -> None:
    for x, y in ((np.zeros(3), np.zeros(2)), (np.zeros((3, 1)), np.zeros((3, 1))), (np.zeros(()), np.zeros(()))):
        with pytest.raises(InvalidFigure):
            Series(name="x", x=x, y=y)
