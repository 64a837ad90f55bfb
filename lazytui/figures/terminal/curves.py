"""Curves as braille dots, or as one mark a cell, with axes and ticks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.colors import hex_code, series_color
from lazytui.figures.kinds import Lines
from lazytui.figures.numbers import significant, tick_labels
from lazytui.figures.scales import drawable, log_ticks, nice_ticks, y_limits
from lazytui.figures.stretches import column_extremes, unbroken_stretches
from lazytui.figures.terminal.lines_of_text import placed, runs, widest
from lazytui.figures.terminal.palette import tone_style

Places = NDArray[np.float64]

_NARROWEST = 20
_BRAILLE = 0x2800
_DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""The bits of a braille character's dots, four rows of two (Unicode, block 2800)."""
_REFERENCE = "┄"


@dataclass(frozen=True)
class Chart:
    """lines: of the drawing, axes and tick labels included; left: cells before the plot area, which is `rows` by
    `columns` cells from the first line on.
    """

    lines: list[list[Segment]]
    left: int
    columns: int
    rows: int


def curves(
    figure: Lines, *, width: int, height: int, x_span: tuple[float, float], marks: list[str] | None
) -> Chart | None:
    """The curves, references, axes and ticks of a chart, `width` by `height` cells; None where that is too narrow.

    x_span: the ends of the x axis. Points beyond them aren't drawn.
    marks: one character a series, for a console without color; None draws colored lines of braille dots.
    """
    if width < _NARROWEST:
        return None
    rows = height - 2
    low, high = y_limits(figure)
    y_ticks = (log_ticks if figure.log_y else nice_ticks)(low, high, max(height // 4, 2))
    y_texts = [significant(tick) for tick in y_ticks] if figure.log_y else tick_labels(y_ticks)
    left = widest(y_texts) + 1
    canvas = _Canvas(rows, width - left, x_span, _scaled(np.array([low, high]), figure.log_y), figure.log_y)
    for reference in figure.references:
        if drawable(np.array([reference.value]), figure.log_y)[0] and low <= reference.value <= high:
            canvas.rule(reference.value)
    for index, series in enumerate(figure.series):
        color = hex_code(series_color(index)) if marks is None else None
        for x, y in unbroken_stretches(series.x, series.y, figure.log_y):
            canvas.curve(x, y, Style(color=color) if color else Style(), None if marks is None else marks[index])
    labels = {canvas.row(tick): text for tick, text in zip(y_ticks, y_texts, strict=True)}
    lines = []
    for row in range(rows):
        before = placed(labels.get(row, ""), left - 1, "right") + ("┤" if row in labels else "│")
        lines.append([Segment(before), *canvas.line(row)])
    x_ticks = nice_ticks(*x_span, max(width // 14, 2))
    places = [canvas.column(tick) for tick in x_ticks]
    axis = "".join("┬" if column in places else "─" for column in range(canvas.columns))
    lines.append([Segment(" " * (left - 1) + "└" + axis)])
    lines.append([Segment(_tick_line(places, tick_labels(x_ticks), left, width))])
    return Chart(lines, left, canvas.columns, rows)


class _Canvas:
    """A plot area of character cells, each of one dot (a mark) or of two by four (braille)."""

    def __init__(self, rows: int, columns: int, x_span: tuple[float, float], y_span: Places, log: bool) -> None:
        self.rows, self.columns = rows, columns
        self._x_span = x_span
        self._y_span = (float(y_span[0]), float(y_span[1]))
        self._log = log
        self._characters = np.full((rows, columns), " ", dtype="<U1")
        self._dots = np.zeros((rows, columns), dtype=np.int64)
        self._styles: list[Style] = [Style()]
        self._style_at = np.zeros((rows, columns), dtype=np.int64)

    def column(self, x: float) -> int:
        """The column of cells in which a value of the x axis lies."""
        return int(self._dot_columns(np.array([x]), 2)[0]) // 2

    def row(self, y: float) -> int:
        """The row of cells, from above, in which a value of the y axis lies."""
        return int(self._dot_rows(np.array([y]), 4)[0]) // 4

    def rule(self, y: float) -> None:
        """A dashed line across."""
        self._styles.append(tone_style("muted"))
        self._characters[self.row(y)] = _REFERENCE
        self._style_at[self.row(y)] = len(self._styles) - 1

    def curve(self, x: Places, y: Places, style: Style, mark: str | None) -> None:
        """A line through points, over what was drawn before."""
        across, down = (2, 4) if mark is None else (1, 1)
        x, y = _within(x, _scaled(y, self._log), *self._x_span)
        x, y = column_extremes(x, y, *self._x_span, self.columns * across)
        if not len(x):
            return
        dot_x, dot_y = _joined(self._dot_columns(x, across), self._dot_rows(y, down, scaled=True))
        cell_y, cell_x = dot_y // down, dot_x // across
        if mark is None:
            fresh = np.zeros_like(self._dots)
            np.bitwise_or.at(fresh, (cell_y, cell_x), _DOT_BITS[dot_y % 4, dot_x % 2])
            self._dots |= fresh
            self._characters[fresh > 0] = [chr(_BRAILLE + bits) for bits in self._dots[fresh > 0]]
        else:
            self._characters[cell_y, cell_x] = mark
        self._styles.append(style)
        self._style_at[cell_y, cell_x] = len(self._styles) - 1

    def line(self, row: int) -> list[Segment]:
        """A row of cells, drawn. An empty cell goes with what stands before it, which makes fewer and longer runs."""
        characters = self._characters[row]
        drawn_before = np.maximum.accumulate(np.where(characters == " ", 0, np.arange(self.columns)))
        styles = self._style_at[row][drawn_before]
        return runs(characters.tolist(), [self._styles[index] for index in styles.tolist()])

    def _dot_columns(self, x: Places, across: int) -> NDArray[np.int64]:
        low, high = self._x_span
        last = self.columns * across - 1
        return np.clip(np.rint((x - low) / (high - low) * last), 0, last).astype(np.int64)

    def _dot_rows(self, y: Places, down: int, *, scaled: bool = False) -> NDArray[np.int64]:
        low, high = self._y_span
        last = self.rows * down - 1
        y = y if scaled else _scaled(y, self._log)
        return np.clip(np.rint((high - y) / (high - low) * last), 0, last).astype(np.int64)


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


def _joined(x: NDArray[np.int64], y: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The dots of straight lines from each point to the next."""
    if len(x) == 1:
        return x, y
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
