"""Charts drawn by plotext; no other module imports it.

plotext gets points in cells of the plot area, x from the left and y from the bottom, so that the cell of a value is
known without asking it: a cursor finds the column of an x by the same `XAxis` that the points were drawn with.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.terminal.console_colors import tone_style
from lazytui.figures.terminal.text_cells import widest_cells

DOTS_ACROSS, DOTS_UP = 2, 4
"""Braille dots in a cell."""
BRAILLE = "braille"
"""The mark of a curve in dots; every other mark is a character."""
LINES_BELOW = 2
"""Lines of the x axis and its labels."""

_EIGHTHS_ACROSS, _EIGHTHS_UP = " ▏▎▍▌▋▊▉", " ▁▂▃▄▅▆▇"
_PEN = re.compile(r"\x1b\[(?:0|38;2;0;(\d+);(\d+))m")
_ONE_AT_A_TIME = threading.Lock()  # plotext has one figure for the whole process, and charts are drawn in threads too


@dataclass(frozen=True)
class XAxis:
    """Values from `low` to `high` in `columns` columns of cells."""

    low: float
    high: float
    columns: int

    def dots(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """The column of dots that each value is nearest to; beyond an end, that end's."""
        return nearest_dots(x, self.low, self.high, self.columns * DOTS_ACROSS)

    def column(self, x: float) -> int:
        """The column of cells in which a value is drawn."""
        return int(self.dots(np.array([x]))[0]) // DOTS_ACROSS

    def value(self, column: int) -> float:
        """What stands in the middle of a column."""
        return self.low + (column + 0.5) / self.columns * (self.high - self.low)


@dataclass(frozen=True)
class Stroke:
    """Points in cells, each drawn as a mark; where `joined`, a line of marks leads to it from the point before."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    mark: str
    style: Style
    joined: NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """An axis on the left and one below; ticks: (cell, label)."""

    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]

    @property
    def left(self) -> int:
        """The cells before the plot area: labels and axis."""
        return widest_cells(label for _, label in self.y_ticks) + 1


def nearest_dots(values: NDArray[np.float64], start: float, end: float, count: int) -> NDArray[np.int64]:
    """Which of `count` dots from `start` to `end` each value is nearest to; beyond an end, that end's."""
    return np.rint(np.clip((values - start) / (end - start), 0, 1) * (count - 1)).astype(np.int64)


def level(y: float, columns: int, mark: str, style: Style) -> Stroke:
    """A line across the plot area at a height in cells."""
    return Stroke(np.array([0.5, columns - 0.5]), np.full(2, y), mark, style, np.array([False, True]))


def upright(x: float, rows: int, mark: str, style: Style) -> Stroke:
    """A line up the plot area at a place in cells."""
    return Stroke(np.full(2, x), np.array([0.5, rows - 0.5]), mark, style, np.array([False, True]))


def block(start: int, eighths: int, middle: float, style: Style, *, upright: bool) -> list[Stroke]:
    """A bar from a cell on, so many eighths of a cell long, in the row or column of cells with that middle."""
    whole, rest = divmod(eighths, 8)
    parts = [(np.array([start + 0.5, start + whole - 0.5]), "█")] if whole else []
    if rest:
        parts.append((np.array([start + whole + 0.5]), (_EIGHTHS_UP if upright else _EIGHTHS_ACROSS)[rest]))
    strokes = []
    for along, mark in parts:
        across = np.full(len(along), middle)
        x, y = (across, along) if upright else (along, across)
        strokes.append(Stroke(x, y, mark, style, np.arange(len(x)) > 0))
    return strokes


def plot(columns: int, rows: int, strokes: Sequence[Stroke], frame: Frame | None = None) -> list[list[Segment]]:
    """The lines of a plot area of so many cells, in its frame if it has one; later strokes lie over earlier ones."""
    import plotext  # not before a chart is drawn: it takes a tenth of a second

    styles = list(
        dict.fromkeys([tone_style("muted"), *(stroke.style for stroke in strokes)])
    )  # the first is the frame's
    pens = {style: plotext.pixel((0, number >> 8, number & 255)) for number, style in enumerate(styles)}
    with _ONE_AT_A_TIME:
        plotext.terminal.limit(False, False)
        figure = plotext.figure
        figure.clear().theme("colorless").canvas("default").axes(False)
        figure.ruler("x", "lower").lim(0, columns).ticks([])
        figure.ruler("y", "left").lim(0, rows).ticks([])
        figure.ruler(("x", "y"), ("lower", "left")).alignment(lim="edge")
        if frame:
            columns, rows = columns + frame.left, rows + LINES_BELOW
            for axis, side, ticks in (("x", "lower", frame.x_ticks), ("y", "left", frame.y_ticks)):
                figure.axes(True, axis=axis, side=side)
                figure.ruler(axis, side).ticks(*map(list, zip(*ticks, strict=True)))
        figure.plot_size(columns, rows)
        for stroke in map(_without_passed_points, strokes):
            marker = plotext.marker(stroke.mark, pixel=pens[stroke.style])
            signal = figure.signal(stroke.x.tolist(), stroke.y.tolist(), marker=marker)
            for index in np.flatnonzero(stroke.joined).tolist():
                signal.line(index)
            signal._get_unique_pixels = list  # or each point is asked for its color, to choose the next signal's
            figure.draw(signal)
        lines = figure.build().string().rstrip("\n").split("\n")
    return [_segments(line, styles) for line in lines]


def _without_passed_points(stroke: Stroke) -> Stroke:
    """The stroke without the points that a level line from the point before to the point after passes anyway."""
    x, y, joined = stroke.x, stroke.y, stroke.joined
    flat, step = joined[1:] & (np.diff(y) == 0), np.diff(x)
    passed = flat[:-1] & flat[1:] & (step[:-1] * step[1:] >= 0)
    kept = np.r_[True, ~passed, True][: len(x)]
    return Stroke(x[kept], y[kept], stroke.mark, stroke.style, joined[kept])


def _segments(line: str, styles: list[Style]) -> list[Segment]:
    """A line of plotext's, its pens as styles. Blanks go with what stands before them, for fewer and longer runs."""
    texts_and_pens = _PEN.split(line)
    numbers = zip(texts_and_pens[1::3], texts_and_pens[2::3], strict=True)
    pens = [0, *(int(high or 0) << 8 | int(low or 0) for high, low in numbers)]
    merged: list[tuple[str, Style]] = []
    for text, pen in zip(texts_and_pens[::3], pens, strict=True):
        style = styles[pen]
        if merged and (merged[-1][1] == style or not (text.strip() or merged[-1][1].bgcolor)):
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        elif text:
            merged.append((text, style))
    return [Segment(text, style) for text, style in merged]
