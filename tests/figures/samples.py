"""Figures of every kind, ordinary and difficult."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from lazytui.figures.kinds import (
    Bars,
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

RNG = np.random.default_rng(0)
NAN = float("nan")

HOSTILE = (
    "a\x1b[2Jb\x1b]0;title\x07 [red]c[/red] <script>x</script> $\\frac{1}{2}$ \u202edrow, \"q\" 'p'\x9b31m\nend &amp;"
)
"""Escape sequences, Rich markup, HTML, TeX, a bidi override, CSV's own signs and a line break."""

LONG = "a caption that is far too long for the image it belongs to, " * 4 + "Donaudampfschifffahrtsgesellschaft" * 3


def digit(color: tuple[int, int, int] = (255, 0, 0), size: int = 28) -> np.ndarray:
    """A thick, bright L in the color, on black."""
    image = np.zeros((size, size, 3), dtype=np.uint8)
    image[size // 7 : -size // 7, size // 4 : size // 4 + size // 7] = color
    image[-2 * size // 7 : -size // 7, size // 4 : -size // 4] = color
    return image


def pixels(**changes: Any) -> Pixels:
    fields: dict[str, Any] = {
        "name": "samples",
        "title": "Samples of the set",
        "note": "What a reader needs.",
        "images": np.stack([digit((25 * i, 255 - 25 * i, 40)) for i in range(6)]),
        "columns": 3,
        "captions": tuple(f"digit {i}" for i in range(6)),
        "tones": ("good", "bad", "muted", "plain", "good", "bad"),
    }
    return Pixels(**fields | changes)


def conflict_grid() -> Pixels:
    return pixels(
        name="conflict",
        images=np.stack([digit((20 * i, 20 * j, 90)) for i in range(10) for j in range(10)]),
        columns=10,
        captions=(),
        tones=(),
        row_labels=tuple("0123456789"),
        column_labels=("red", "teal", "yellow", "blue", "orange", "purple", "cyan", "pink", "lime", "maroon"),
        row_axis="digit",
        column_axis="color",
    )


def evidence() -> Pixels:
    overlay = np.zeros((6, 28, 28), dtype=np.float32)
    overlay[:, :14], overlay[:, 14:] = 1.0, -1.0
    return pixels(name="evidence", overlay=overlay)


def matrix(**changes: Any) -> Matrix:
    values = np.arange(100, dtype=np.float64).reshape(10, 10) + 0.25
    values[3, 4] = NAN
    fields: dict[str, Any] = {
        "name": "confusion",
        "title": "Confusion matrix",
        "values": values,
        "row_labels": tuple("0123456789"),
        "column_labels": tuple("0123456789"),
        "row_axis": "true",
        "column_axis": "predicted",
        "unit": "%",
        "decimals": 2,
        "row_colors": tuple((25 * i, 100, 200) for i in range(10)),
        "column_colors": tuple((25 * i, 100, 200) for i in range(10)),
    }
    return Matrix(**fields | changes)


def lines(**changes: Any) -> Lines:
    x = np.linspace(0, 1000, 200)
    gaps = np.sqrt(x / 1000)
    gaps[50:60], gaps[120] = NAN, np.inf
    fields: dict[str, Any] = {
        "name": "curves",
        "title": "Accuracy while it trains",
        "series": (
            Series(name="easy", x=x, y=1 - np.exp(-x / 100)),
            Series(name="hard", x=x, y=gaps),
            Series(name="never", x=x, y=np.full(200, NAN)),
        ),
        "x_label": "step",
        "y_label": "accuracy",
        "low": 0.0,
        "high": 1.0,
        "references": (Reference(name="chance", value=0.1),),
    }
    return Lines(**fields | changes)


def bars(**changes: Any) -> Bars:
    values = np.array([98.5, 12.5, NAN])
    fields: dict[str, Any] = {
        "name": "recall",
        "title": "Accuracy by digit",
        "labels": ("zero", "one", "two"),
        "values": values,
        "unit": "%",
        "high": 100.0,
        "intervals": np.array([[97.25, 99.75], [10.0, 15.0], [NAN, NAN]]),
        "colors": ((220, 20, 60), (0, 128, 128), (253, 233, 0)),
        "references": (Reference(name="chance", value=10.0),),
    }
    return Bars(**fields | changes)


def histogram(**changes: Any) -> Histogram:
    fields: dict[str, Any] = {
        "name": "focus",
        "title": "Focus scores",
        "edges": np.linspace(0, 1, 21),
        "counts": np.array([3, 7, 20, 41, 60, 80, 77, 60, 33, 20, 12, 9, 4, 2, 1, 0, 0, 1, 0, 5]),
        "x_label": "focus score",
        "unit": "images",
    }
    return Histogram(**fields | changes)


def table(**changes: Any) -> Table:
    fields: dict[str, Any] = {
        "name": "metrics",
        "title": "Metrics",
        "columns": (
            Column(name="metric"),
            Column(name="value", unit="%", decimals=2),
            Column(name="images"),
            Column(name="what it means"),
        ),
        "rows": (
            (
                "easy accuracy",
                95.239,
                10000,
                "images that wear their digit's color with 95 % chance, like the training set",
            ),
            ("shape bias", None, 0, "undefined here"),
        ),
    }
    return Table(**fields | changes)


def text(**changes: Any) -> Text:
    paragraphs = ("The network takes the bait: " + "it answers by color and not by shape, " * 6, "Second.")
    return Text(**{"name": "verdict", "title": "Verdict", "paragraphs": paragraphs} | changes)


EACH: tuple[Figure, ...] = (
    pixels(),
    conflict_grid(),
    evidence(),
    matrix(),
    lines(),
    bars(),
    histogram(),
    table(),
    text(),
)
"""One figure of every kind and the main variants, with undefined values where the kind can have them."""

EMPTY: tuple[Figure, ...] = (
    pixels(images=np.zeros((0, 28, 28, 3), dtype=np.uint8), captions=(), tones=()),
    matrix(values=np.zeros((0, 0)), row_labels=(), column_labels=(), row_colors=(), column_colors=()),
    lines(series=()),
    lines(series=(Series(name="none", x=np.empty(0), y=np.empty(0)),), log_y=True, references=(), low=None, high=None),
    bars(labels=(), values=np.empty(0), intervals=None, colors=()),
    histogram(edges=np.zeros(1), counts=np.zeros(0, dtype=np.int64)),
    table(rows=()),
    text(paragraphs=()),
)

DIFFICULT: tuple[Figure, ...] = (
    lines(marks=(Reference(name=LONG, value=10.0), Reference(name="beyond", value=1e9))),
    pixels(images=digit()[None], columns=5, captions=(LONG,), tones=("bad",), title=LONG, note=LONG),
    pixels(images=np.full((2, 28, 28, 3), 255, dtype=np.uint8), captions=(), tones=("good", "bad")),
    pixels(images=RNG.integers(0, 255, (3, 5, 5, 3), dtype=np.uint8), captions=(), tones=()),
    pixels(images=RNG.integers(0, 255, (1, 224, 101, 3), dtype=np.uint8), captions=(), tones=()),
    matrix(values=np.full((10, 10), NAN)),
    matrix(
        values=np.array([[-123456.789, 98765.4321]]),
        row_labels=(LONG,),
        column_labels=(LONG, "b"),
        row_colors=(),
        column_colors=(),
        decimals=4,
    ),
    matrix(
        values=RNG.normal(size=(2, 60)),
        row_labels=("a", "b"),
        column_labels=tuple(map(str, range(60))),
        row_colors=(),
        column_colors=(),
    ),
    lines(series=(Series(name=LONG, x=np.array([3.0]), y=np.array([2.0])),), low=None, high=None),
    lines(series=(Series(name="zeros", x=np.arange(9.0), y=np.zeros(9)),), log_y=True, low=0.0, high=0.0),
    lines(
        series=tuple(Series(name=f"run {i}", x=np.arange(5.0), y=np.full(5, float(i) * 1e6)) for i in range(20)),
        low=None,
        high=None,
        y_label=LONG,
        x_label=LONG,
    ),
    bars(labels=(LONG, "b", "c"), values=np.array([-5.0, np.inf, 1e9]), low=0.0, high=None, intervals=None, colors=()),
    bars(labels=("only",), values=np.array([0.0]), high=None, intervals=None, colors=(), references=()),
    histogram(edges=np.array([0.0, 1e-3, 5.0, 1e4]), counts=np.array([0, 0, 0])),
    histogram(edges=np.linspace(-3, 3, 501), counts=RNG.integers(0, 99, 500)),
    table(rows=(("one row", NAN, 1, LONG),)),
    text(paragraphs=(LONG, "", "line\nbreak")),
)


def with_text(figure: Figure, hostile: str) -> Figure:
    """The figure with every text in it replaced, its name excepted."""

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return hostile
        if isinstance(value, tuple):
            return tuple(map(replaced, value))
        if dataclasses.is_dataclass(value):
            return dataclasses.replace(value, **changed(value))
        return value

    def changed(value: Any) -> dict[str, Any]:
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {
            name: replaced(item)
            for name, item in fields.items()
            if name != "tones" and not (value is figure and name == "name")
        }

    return dataclasses.replace(figure, **changed(figure))


def ids(figure: Figure) -> str:
    return f"{type(figure).__name__.lower()}-{figure.name}"
