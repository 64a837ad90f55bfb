"""A matrix as a heat map with its numbers in the cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.colors import Theme, ink_on, rgb, value_colors, value_range
from lazytui.figures.kinds import Matrix
from lazytui.figures.number_format import add_unit, number
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.text_cells import align_text, shorten, widest_cells, wrap_cells

_BOLD = Style(bold=True)
_MUTED = tone_style("muted")
_ROOMY = 7
"""Cells are padded up to this width, and no further."""
_SCALE_STEPS = 24


class HeatMap:
    """The body of a `Matrix` figure; one that is too wide is broken into panels of columns, and no number is lost.

    Marks its cells (row, column) and its labels ("row", row) and ("column", column).
    """

    def __init__(self, figure: Matrix, theme: Theme = "dark") -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.texts = [[number(float(value), figure.decimals) for value in row] for row in figure.values]
        low, high = value_range(figure.values, figure.low, figure.high)
        self.low, self.high = low, high
        self.colors = value_colors(np.asarray(figure.values, dtype=np.float64), low, high, theme)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        if not figure.values.size:
            yield RichText("(no cells)", style=_MUTED)
            return
        palette = Palette.from_console(console)
        names = widest_cells(figure.row_labels) + 2 * bool(figure.row_colors)
        labels = min(max(names, widest_cells([figure.row_axis]) + 2), max(options.max_width // 3, 4))
        room = options.max_width - labels - 1
        numbers = widest_cells(text for row in self.texts for text in row)
        cell = max(numbers + 1, min(widest_cells(figure.column_labels) + 1, room // max(figure.values.shape[1], 1)))
        cell = min(max(cell, min(_ROOMY, room // figure.values.shape[1])), max(room, 1))
        panel = max(1, room // cell)
        for first in range(0, figure.values.shape[1], panel):
            if first:
                yield Segment.line()
            columns = range(first, min(first + panel, figure.values.shape[1]))
            yield from self._heading(columns, labels, cell, palette)
            for row in range(len(figure.values)):
                yield from self._row(row, columns, labels, cell, palette)
        yield from self._scale(options.max_width, labels, palette)

    def _heading(self, columns: range, labels: int, cell: int, palette: Palette) -> Iterator[Segment]:
        """The column axis over the cells, then the row axis beside the column labels."""
        figure = self.figure
        if figure.column_axis:
            yield Segment(" " * (labels + 1))
            yield Segment(align_text(f"{figure.column_axis} →", cell * len(columns), "center").rstrip(), _MUTED)
            yield Segment.line()
        swatches = figure.column_colors if palette is not Palette.NONE else ()
        if swatches:
            yield from self._swatches(columns, labels, cell, palette)
            names = [[figure.column_labels[c][: cell - 1]] for c in columns]  # the color says the rest
        else:
            names = [wrap_cells(figure.column_labels[c], cell - 1, at_most=3) or [""] for c in columns]
        height = max(map(len, names))
        for line in range(height):
            axis = f"{figure.row_axis} ↓" if figure.row_axis and line == height - 1 else ""
            yield Segment(align_text(axis, labels, "right") + " ", _MUTED)
            for column, name in zip(columns, names, strict=True):
                row = line - (height - len(name))  # names stand on the cells, however many lines they have
                text = name[row] if row >= 0 else ""
                yield marked_segment(("column", column), cell - 1)
                yield Segment(align_text(text, cell - 1, "center") + " ", _BOLD)
            yield Segment.line()

    def _swatches(self, columns: range, labels: int, cell: int, palette: Palette) -> Iterator[Segment]:
        """A line of colors over the names of the columns."""
        yield Segment(" " * (labels + 1))
        for column in columns:
            yield Segment(align_text("■", cell - 1, "center") + " ", ink(self.figure.column_colors[column], palette))
        yield Segment.line()

    def _row(self, row: int, columns: range, labels: int, cell: int, palette: Palette) -> Iterator[Segment]:
        figure = self.figure
        yield marked_segment(("row", row), labels)
        if figure.row_colors and palette is not Palette.NONE:
            before, _, after = align_text("■ " + figure.row_labels[row], labels, "right").partition("■")
            yield Segment(before + "■", ink(figure.row_colors[row], palette))
            yield Segment(after + " ", _BOLD)
        else:
            yield Segment(align_text(figure.row_labels[row], labels, "right") + " ", _BOLD)
        for column in columns:
            text = align_text(self.texts[row][column], cell - 1, "center" if cell > 4 else "right") + " "
            yield marked_segment((row, column), cell)
            yield Segment(text, self._cell_style(row, column, palette))
        yield Segment.line()

    def _cell_style(self, row: int, column: int, palette: Palette) -> Style:
        if np.isnan(self.figure.values[row, column]):
            return _MUTED
        color = rgb(self.colors[row, column])
        return ink(ink_on(color), palette, color)

    def _scale(self, available: int, labels: int, palette: Palette) -> Iterator[Segment]:
        """What the two ends of the color scale mean, and the unit."""
        figure = self.figure
        low = number(self.low, figure.decimals)
        high = add_unit(number(self.high, figure.decimals), figure.unit)
        indent = labels + 1
        if palette is Palette.NONE or self.low == self.high or indent + len(low) + len(high) + 10 > available:
            if figure.unit:
                yield Segment(shorten(f"unit: {figure.unit}", available), _MUTED)
                yield Segment.line()
            return
        yield Segment.line()
        yield Segment(" " * indent + low + " ", _MUTED)
        steps = min(_SCALE_STEPS, available - indent - len(low) - len(high) - 2)
        values = np.linspace(self.low, self.high, 2 * steps)
        colors = value_colors(values, self.low, self.high, self.theme)
        for left, right in zip(colors[::2], colors[1::2], strict=True):
            yield Segment("▌", ink(rgb(left), palette, rgb(right)))
        yield Segment(" " + high, _MUTED)
        yield Segment.line()
