"""Curves as braille dots, or as one mark a cell, with axes and ticks.

Drawn here and not by a library because a chart that is followed is drawn again on the app's event loop: plotext takes
25 to 300 ms for one, this 1 to 6 (`python -m benchmarks app_opening`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.axis_scales import drawable, log_ticks, nice_ticks, y_limits
from lazytui.figures.colors import hex_code, series_color
from lazytui.figures.kinds import Lines
from lazytui.figures.number_format import significant, tick_labels
from lazytui.figures.series_gaps import column_extremes, unbroken_stretches
from lazytui.figures.terminal.console_colors import tone_style
from lazytui.figures.terminal.text_cells import placed, widest

Places = NDArray[np.float64]
Dots = NDArray[np.int64]
Span = tuple[float, float]

_NARROWEST = 20
_BELOW = 2  # lines of the x axis and its labels
_ACROSS, _DOWN = 2, 4
"""A cell is two dots wide and four high, whether they are drawn as braille or as one mark."""
_DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""The bits of a braille character's dots (Unicode, block 2800)."""
_BRAILLE = np.array([chr(0x2800 + bits) for bits in range(256)])
_REFERENCE = "┄"
_MARKS = "•×+○*#◆%"


@dataclass(frozen=True)
class Chart:
    """lines: of the drawing, axes and tick labels included; left: cells before the plot area, which is `rows` by
    `columns` cells from the first line on.
    """

    lines: list[list[Segment]]
    left: int
    columns: int
    rows: int


def curves(figure: Lines, *, width: int, height: int, x_span: Span, marks: list[str] | None) -> Chart | None:
    """The curves, references, axes and ticks of a chart, `width` by `height` cells; None where that is too narrow.

    x_span: the ends of the x axis. Points beyond them aren't drawn.
    marks: one character a series, for a console without color; None draws colored lines of braille dots.
    """
    if width < _NARROWEST:
        return None
    low, high = y_limits(figure)
    about = max(height // 4, 2 if height - _BELOW > 4 else 1)  # three ticks on four rows couldn't stand evenly
    y_ticks = (log_ticks if figure.log_y else nice_ticks)(low, high, about)
    y_texts = [significant(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
    left = widest(y_texts) + 1
    canvas = _Canvas(height - _BELOW, width - left, x_span, (low, high), figure.log_y)
    for reference in figure.references:
        if drawable(np.array([reference.value]), figure.log_y)[0] and low <= reference.value <= high:
            canvas.rule(reference.value)
    for index, series in enumerate(figure.series):
        style = Style(color=hex_code(series_color(index))) if marks is None else Style()
        if figure.joined:
            canvas.curve(series.x, series.y, style, marks[index] if marks else None)
        else:
            canvas.points(series.x, series.y, style, series_mark(index))
    labels = {canvas.row(tick): text for tick, text in zip(y_ticks, y_texts, strict=True)}
    lines = []
    for row in range(canvas.rows):
        before = placed(labels.get(row, ""), left - 1, "right") + ("┤" if row in labels else "│")
        lines.append([Segment(before), *canvas.line(row)])
    x_ticks = nice_ticks(*x_span, max(width // 14, 2))
    places = [cell_column(tick, x_span, canvas.columns) for tick in x_ticks]
    axis = "".join("┬" if column in places else "─" for column in range(canvas.columns))
    lines.append([Segment(" " * (left - 1) + "└" + axis)])
    lines.append([Segment(_tick_line(places, tick_labels(x_ticks), left, width))])
    return Chart(lines, left, canvas.columns, canvas.rows)


def series_mark(index: int) -> str:
    """The character that stands for a series where a color can't, or can't alone."""
    return _MARKS[index % len(_MARKS)]


def cell_column(x: float, x_span: Span, columns: int) -> int:
    """The column of cells in which a value of the x axis is drawn."""
    return int(_dot(np.array([x]), *x_span, columns * _ACROSS)[0]) // _ACROSS


class _Canvas:
    """A plot area of character cells."""

    def __init__(self, rows: int, columns: int, x_span: Span, y_span: Span, log: bool) -> None:
        self.rows, self.columns = rows, columns
        self._x_span = x_span
        self._bottom, self._top = _scaled(np.array(y_span), log).tolist()
        self._log = log
        self._characters = np.full((rows, columns), " ", dtype="<U1")
        self._curves = np.zeros((rows, columns), dtype=np.int64)
        self._styles = [Style()]
        self._style_at = np.zeros((rows, columns), dtype=np.int64)

    def row(self, y: float) -> int:
        """The row of cells, from above, in which a value of the y axis lies."""
        return int(self._dot_rows(_scaled(np.array([y]), self._log))[0]) // _DOWN

    def rule(self, y: float) -> None:
        """A dashed line across."""
        self._styles.append(tone_style("muted"))
        self._characters[self.row(y)] = _REFERENCE
        self._style_at[self.row(y)] = len(self._styles) - 1

    def curve(self, x: Places, y: Places, style: Style, mark: str | None) -> None:
        """A line through points, over what was drawn before; what the axis can't show is a gap in it."""
        self._styles.append(style)
        y = np.where(drawable(y, self._log), y, np.nan)
        x, y = column_extremes(x, y, *self._x_span, self.columns * _ACROSS)
        for part_x, part_y in unbroken_stretches(x, y, self._log):
            part_x, part_y = _within(part_x, _scaled(part_y, self._log), *self._x_span)
            if len(part_x):
                dot_x = _dot(part_x, *self._x_span, self.columns * _ACROSS)
                self._put(*_joined(dot_x, self._dot_rows(part_y)), mark)

    def points(self, x: Places, y: Places, style: Style, mark: str) -> None:
        """A mark where each point is, but for those that the axes can't show."""
        self._styles.append(style)
        shown = drawable(y, self._log) & np.isfinite(x) & (x >= self._x_span[0]) & (x <= self._x_span[1])
        if shown.any():
            dot_x = _dot(x[shown], *self._x_span, self.columns * _ACROSS)
            self._put(dot_x, self._dot_rows(_scaled(y[shown], self._log)), mark)

    def _put(self, dot_x: Dots, dot_y: Dots, mark: str | None) -> None:
        """Dots in the newest style. A cell has one color: curves that lie upon each other take turns, cell by cell."""
        cells = dot_y // _DOWN, dot_x // _ACROSS
        bits = np.zeros_like(self._curves)
        np.bitwise_or.at(bits, cells, _DOT_BITS[dot_y % _DOWN, dot_x % _ACROSS])
        mine = (bits > 0) & (np.arange(self.columns) % (self._curves + 1) == self._curves)
        self._curves[bits > 0] += 1
        self._characters[mine] = _BRAILLE[bits[mine]] if mark is None else mark
        self._style_at[mine] = len(self._styles) - 1

    def line(self, row: int) -> list[Segment]:
        """A row of cells, drawn. An empty cell goes with what stands before it, which makes fewer and longer runs."""
        characters = self._characters[row]
        drawn_before = np.maximum.accumulate(np.where(characters == " ", 0, np.arange(self.columns)))
        styles = self._style_at[row][drawn_before]
        bounds = [0, *(np.flatnonzero(np.diff(styles)) + 1).tolist(), self.columns]
        text = "".join(characters.tolist())
        return [Segment(text[start:end], self._styles[styles[start]]) for start, end in pairwise(bounds)]

    def _dot_rows(self, y: Places) -> Dots:
        """The rows of dots, from above, of scaled values."""
        return _dot(y, self._top, self._bottom, self.rows * _DOWN)


def _dot(places: Places, start: float, end: float, count: int) -> Dots:
    """Which of `count` dots from `start` to `end` each place is nearest to; beyond an end, that end's."""
    return np.rint(np.clip((places - start) / (end - start), 0, 1) * (count - 1)).astype(np.int64)


def _within(x: Places, y: Places, low: float, high: float) -> tuple[Places, Places]:
    """The points between two values of x, and where the line enters and leaves if x never decreases."""
    inside = (x >= low) & (x <= high)
    if inside.all():
        return x, y
    if np.any(np.diff(x) < 0):
        return x[inside], y[inside]
    entering = np.array([low] if x[0] < low < x[-1] else [])
    leaving = np.array([high] if x[0] < high < x[-1] else [])
    return (
        np.concatenate([entering, x[inside], leaving]),
        np.concatenate([np.interp(entering, x, y), y[inside], np.interp(leaving, x, y)]),
    )


def _joined(x: Dots, y: Dots) -> tuple[Dots, Dots]:
    """The dots of straight lines from each point to the next."""
    steps = np.maximum(np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y))), 1)
    line = np.repeat(np.arange(len(steps)), steps)
    along = (np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[line]
    dots_x = np.rint(x[line] + along * np.diff(x)[line]).astype(np.int64)
    dots_y = np.rint(y[line] + along * np.diff(y)[line]).astype(np.int64)
    return np.append(dots_x, x[-1]), np.append(dots_y, y[-1])


def _tick_line(columns: list[int], texts: list[str], left: int, width: int) -> str:
    """The labels below the x axis, each centered on its tick as far as the width and its neighbor allow."""
    line = ""
    for column, text in zip(columns, texts, strict=True):
        start = max(min(left + column - len(text) // 2, width - len(text)), 0)
        if not line or start > len(line):
            line = line.ljust(start) + text
    return line


def _scaled(values: Places, log: bool) -> Places:
    return np.log10(values) if log else values
