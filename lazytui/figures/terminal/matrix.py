"""A matrix as a heat map with its numbers in the cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.colormaps import scale_stops, value_colors, value_range
from lazytui.figures.colors import Theme, ink_on, rgb
from lazytui.figures.kinds import Matrix
from lazytui.figures.number_format import add_unit, number
from lazytui.figures.terminal.color_scale import color_scale, ramp
from lazytui.figures.terminal.console_colors import Palette, ink, swatch, tone_style
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.text_cells import align_text, shorten, widest_cells, wrap_cells

_BOLD = Style(bold=True)
_MUTED = tone_style("muted")
_ROOMY = 7
"""Cells are padded up to this width, and no further."""
_SCALE_LINES = 2
_BETWEEN = "  "
_NAMED = 5
"""Characters of a cell from which on something of a longer name can be read."""
_WIDE, _TALL = 10, 4
"""Characters and lines beyond which a cell that is fitted into a given height doesn't grow."""
_SHADES = " ░▒▓█"


class HeatMap:
    """The body of a `Matrix` figure; one that is too wide is broken into panels of columns, and no number is lost.

    Marks its cells (row, column) and its labels ("row", row) and ("column", column).

    height: lines to be filled; the matrix isn't broken then: where its numbers don't fit, its cells go without.
    """

    def __init__(self, figure: Matrix, theme: Theme = "dark", height: int | None = None) -> None:
        self.figure = figure
        self.theme: Theme = theme
        self.height = height
        self.texts = [[number(float(value), figure.decimals) for value in row] for row in figure.values]
        low, high = value_range(figure.values, figure.low, figure.high)
        self.stops = scale_stops(low, high)
        self.colors = value_colors(np.asarray(figure.values, dtype=np.float64), low, high, theme)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        figure = self.figure
        if not figure.values.size:
            yield RichText("(no cells)", style=_MUTED)
            return
        palette = Palette.from_console(console)
        names = widest_cells(figure.row_labels) + 2 * bool(figure.row_colors)
        most = max(options.max_width // 3, 4)
        if self.height is not None:
            yield from self._fitted(options.max_width, self.height, min(names, most), palette)
            return
        labels = min(max(names, widest_cells([figure.row_axis]) + 2), most)
        room = options.max_width - labels - 1
        cell = self._cell_width(room)
        panel = max(1, room // cell)
        for first in range(0, figure.values.shape[1], panel):
            if first:
                yield Segment.line()
            columns = range(first, min(first + panel, figure.values.shape[1]))
            yield from self._heading(columns, labels, cell, palette)
            for row in range(len(figure.values)):
                yield from self._row(row, columns, labels, cell, palette)
        if scale := self._scale(options.max_width - labels - 1, palette, shaded=False):
            yield from [Segment.line(), Segment(" " * (labels + 1)), *scale, Segment.line()]
        elif figure.unit:
            yield Segment(shorten(f"unit: {figure.unit}", options.max_width), _MUTED)
            yield Segment.line()

    def _cell_width(self, room: int) -> int:
        """Characters of a cell with its number, and as much space around it as there is."""
        figure = self.figure
        columns = figure.values.shape[1]
        cell = max(self._numbers + 1, min(widest_cells(figure.column_labels) + 1, room // columns))
        return int(min(max(cell, min(_ROOMY, room // columns)), max(room, 1)))

    @property
    def _numbers(self) -> int:
        return widest_cells(text for row in self.texts for text in row)

    def _fitted(self, width: int, height: int, labels: int, palette: Palette) -> Iterator[Segment]:
        """All columns beside each other, each row as many lines as there is room for, the scale where any is left."""
        rows, columns = self.figure.values.shape
        cell = max(1, min((width - labels - 1) // columns, _WIDE))
        numbers = self._numbers < cell
        names = self._axis_names()
        heading = list(self._heading(range(columns), labels, cell, palette, axes_above=True))
        lines = sum(segment.text == "\n" for segment in heading) + 1
        has_axes = height - lines >= rows  # the names of the axes go first
        lines -= not has_axes
        tall = min(max((height - lines) // rows, 1), (cell + 2) // 2, _TALL)
        beside = width - cell_len(names) - len(_BETWEEN) * bool(names)
        scale, below = self._scale(beside, palette, shaded=not numbers), list[Segment]()
        if not scale and height - lines - rows * tall >= _SCALE_LINES:
            below = self._scale(width - labels - 1, palette, shaded=not numbers)
        if has_axes:
            yield Segment(shorten(names, width), _MUTED)
            yield from [Segment(_BETWEEN * bool(names)), *scale] if scale else self._unit(beside)
            yield Segment.line()
        yield from heading
        for row in range(rows):
            yield from self._row(row, range(columns), labels, cell, palette, tall, numbers=numbers)
        if below:
            yield from [Segment.line(), Segment(" " * (labels + 1)), *below, Segment.line()]

    def _axis_names(self) -> str:
        figure = self.figure
        names = [f"{figure.row_axis} ↓"] * bool(figure.row_axis) + [f"{figure.column_axis} →"] * bool(
            figure.column_axis
        )
        return _BETWEEN.join(names)

    def _heading(
        self, columns: range, labels: int, cell: int, palette: Palette, *, axes_above: bool = False
    ) -> Iterator[Segment]:
        """The column axis over the cells, then the row axis beside the column labels, unless they stand above."""
        figure = self.figure
        if figure.column_axis and not axes_above:
            yield Segment(" " * (labels + 1))
            yield Segment(align_text(f"{figure.column_axis} →", cell * len(columns), "center").rstrip(), _MUTED)
            yield Segment.line()
        swatches = figure.column_colors if palette is not Palette.NONE else ()
        if swatches:
            yield from self._swatches(columns, labels, cell, palette)
            fits = all(cell_len(figure.column_labels[column]) < cell for column in columns)
            if axes_above and cell < _NAMED and not fits:
                return  # the color says it
            names = [[shorten(figure.column_labels[c], max(cell - 1, 1))] for c in columns]  # the color says the rest
        else:
            names = [wrap_cells(figure.column_labels[c], max(cell - 1, 1), at_most=3) or [""] for c in columns]
        height = max(map(len, names))
        for line in range(height):
            axis = f"{figure.row_axis} ↓" if figure.row_axis and not axes_above and line == height - 1 else ""
            yield Segment(align_text(axis, labels, "right") + " ", _MUTED)
            for column, name in zip(columns, names, strict=True):
                index = line - (height - len(name))  # names stand on the cells, however many lines they have
                text = name[index] if index >= 0 else ""
                yield marked_segment(("column", column), max(cell - 1, 1))
                yield Segment(align_text(text, cell - 1, "center") + " " if cell > 1 else align_text(text, 1), _BOLD)
            yield Segment.line()

    def _swatches(self, columns: range, labels: int, cell: int, palette: Palette) -> Iterator[Segment]:
        """A line of colors over the names of the columns."""
        yield Segment(" " * (labels + 1))
        for column in columns:
            before, _, after = align_text("■", cell - 1, "center").partition("■")
            yield Segment(before)
            yield swatch(self.figure.column_colors[column], palette, self.theme)
            yield Segment(after + " ")
        yield Segment.line()

    def _row(
        self,
        row: int,
        columns: range,
        labels: int,
        cell: int,
        palette: Palette,
        tall: int = 1,
        *,
        numbers: bool = True,
    ) -> Iterator[Segment]:
        """A row of cells, `cell` characters wide and `tall` lines high, with or without its numbers."""
        middle = (tall - 1) // 2
        for line in range(tall):
            yield from self._row_label(row, labels, palette) if line == middle else [Segment(" " * (labels + 1))]
            for column in columns:
                if not line:
                    yield marked_segment((row, column), cell, tall)
                text = self._cell_text(row, column, cell, palette, number=numbers) if line == middle else ""
                yield Segment(text or " " * cell, self._cell_style(row, column, palette))
            yield Segment.line()

    def _row_label(self, row: int, labels: int, palette: Palette) -> Iterator[Segment]:
        figure = self.figure
        yield marked_segment(("row", row), labels)
        if figure.row_colors and palette is not Palette.NONE:
            before, _, after = align_text("■ " + figure.row_labels[row], labels, "right").partition("■")
            yield Segment(before)
            yield swatch(figure.row_colors[row], palette, self.theme)
            yield Segment(after + " ", _BOLD)
        else:
            yield Segment(align_text(figure.row_labels[row], labels, "right") + " ", _BOLD)

    def _cell_text(self, row: int, column: int, cell: int, palette: Palette, *, number: bool) -> str:
        """The number in a cell; without color, where it doesn't fit, a shade."""
        if number:
            return align_text(self.texts[row][column], cell - 1, "center" if cell > 4 else "right") + " "
        if palette is not Palette.NONE:
            return ""
        value = float(self.figure.values[row, column])
        return "" if np.isnan(value) else self._shades([value])[0] * cell

    def _shades(self, values: Sequence[float] | NDArray[np.float64]) -> list[str]:
        """A character for each value, denser from the scale's low end to its high one."""
        low, high = self.stops[0], self.stops[-1]
        at = (np.asarray(values) - low) / (high - low) if high > low else np.ones(len(values))
        return [_SHADES[index] for index in np.rint(at.clip(0, 1) * (len(_SHADES) - 1)).astype(int)]

    def _cell_style(self, row: int, column: int, palette: Palette) -> Style:
        if np.isnan(self.figure.values[row, column]):
            return _MUTED
        color = rgb(self.colors[row, column])
        return ink(ink_on(color), palette, color)

    def _scale(self, room: int, palette: Palette, *, shaded: bool) -> list[Segment]:
        """The color scale in so many characters, empty where there is no room; in shades where its cells are."""
        texts = [number(stop, self.figure.decimals) for stop in self.stops]
        with_unit = [*texts[:-1], add_unit(texts[-1], self.figure.unit)]

        def paint(values: NDArray[np.float64]) -> list[Segment]:
            if palette is Palette.NONE:
                return [Segment("".join(self._shades(np.linspace(values[0], values[-1], len(values) // 2))))]
            return ramp(value_colors(values, self.stops[0], self.stops[-1], self.theme), palette)

        if palette is Palette.NONE and not shaded:
            return []
        return color_scale(self.stops, with_unit, room, paint) or color_scale(self.stops, texts, room, paint)

    def _unit(self, room: int) -> list[Segment]:
        text = f"{_BETWEEN}unit: {self.figure.unit}"
        return [Segment(text, _MUTED)] if self.figure.unit and cell_len(text) <= room else []
