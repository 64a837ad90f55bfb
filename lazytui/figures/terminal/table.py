"""A table, or one block a row where the columns don't fit side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText

from lazytui.figures.kinds import Table
from lazytui.figures.number_format import entry, heading, is_numeric
from lazytui.figures.terminal.console_colors import tone_style
from lazytui.figures.terminal.marks import marked_segment
from lazytui.figures.terminal.text_cells import align_text, shorten, widest_cells, wrap_cells

_BOLD = Style(bold=True)
_MUTED = tone_style("muted")
_READABLE = 14
"""The narrowest that a column of longer texts is wrapped to."""
_BETWEEN = (3, 2)
"""Cells between columns, and where that is too much."""


class TableBody:
    """The body of a `Table` figure. Marks its rows by their index, and its headings by ("heading", column).

    compact: without the names of columns that stand side by side, and a line a row, whatever doesn't fit cut.
    """

    def __init__(self, figure: Table, *, compact: bool = False) -> None:
        self.figure = figure
        self.compact = compact
        self.between = _BETWEEN[0]
        self.headings = [heading(column.name, column.unit) for column in figure.columns]
        self.rows = [
            [entry(cell, column.decimals) for cell, column in zip(row, figure.columns, strict=True)]
            for row in figure.rows
        ]
        self.alignment: list[Literal["left", "right"]] = [
            "right" if is_numeric(figure, index) else "left" for index in range(len(self.headings))
        ]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.rows or not self.headings:
            yield RichText("(no rows)", style=_MUTED)
            return
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._row_blocks(options.max_width)
        else:
            yield from self._side_by_side(widths)

    def _widths(self, available: int) -> list[int] | None:
        """Cells for each column: numbers whole, text wrapped where it must be; None where that doesn't fit."""
        columns = [[name, *(row[index] for row in self.rows)] for index, name in enumerate(self.headings)]
        natural = [max(widest_cells(texts), 1) for texts in columns]
        least = [
            width
            if self.alignment[index] == "right"
            else min(width, max(_READABLE, 0 if self.compact else widest_cells(" ".join(texts).split())))
            for index, (width, texts) in enumerate(zip(natural, columns, strict=True))
        ]
        gaps = [between for between in _BETWEEN if sum(least) + between * (len(columns) - 1) <= available]
        if not gaps:
            return None
        self.between = gaps[0]
        spare = available - sum(least) - self.between * (len(columns) - 1)
        extra = [most - width for most, width in zip(natural, least, strict=True)]
        share = min(1.0, spare / max(sum(extra), 1))
        return [width + int(want * share) for width, want in zip(least, extra, strict=True)]

    def _side_by_side(self, widths: list[int]) -> Iterator[Segment]:
        across = sum(widths) + self.between * (len(widths) - 1)
        if not self.compact:
            yield from self._headings(widths)
            yield Segment("─" * across)
            yield Segment.line()
        for number, row in enumerate(self.rows):
            lines = self._lines(row, widths)
            yield marked_segment(number, across, len(lines))
            for line in lines:
                yield Segment((" " * self.between).join(line))
                yield Segment.line()

    def _headings(self, widths: list[int]) -> Iterator[Segment]:
        for line in self._lines(self.headings, widths):
            for column, text in enumerate(line):
                yield marked_segment(("heading", column), widths[column])
                yield Segment(text + " " * (self.between if column < len(line) - 1 else 0), _BOLD)
            yield Segment.line()

    def _lines(self, texts: list[str], widths: list[int]) -> list[list[str]]:
        """One row's entries, each wrapped to its column's width and padded to it."""
        entries = [
            [shorten(text, width)] if self.compact or cell_len(text) <= width else wrap_cells(text, width)
            for text, width in zip(texts, widths, strict=True)
        ]
        return [
            [
                align_text(lines[number] if number < len(lines) else "", width, align)
                for lines, width, align in zip(entries, widths, self.alignment, strict=True)
            ]
            for number in range(max(map(len, entries)))
        ]

    def _row_blocks(self, width: int) -> Iterator[Segment]:
        """Each row as lines of `column  value`, for widths that can't hold the columns without cutting numbers."""
        names = min(widest_cells(self.headings), max(width // 2, 1))
        for number, row in enumerate(self.rows):
            if number:
                yield Segment.line()
            pairs = [
                (wrap_cells(name, names) or [""], wrap_cells(text, max(width - names - 1, 2)) or [""])
                for name, text in zip(self.headings, row, strict=True)
            ]
            yield marked_segment(number, width, sum(max(len(left), len(right)) for left, right in pairs))
            for left, right in pairs:
                for line in range(max(len(left), len(right))):
                    start = left[line] if line < len(left) else ""
                    end = right[line] if line < len(right) else ""
                    yield Segment(start + " " * (names - widest_cells([start]) + 1 if end else 0), _BOLD)
                    yield Segment(end)
                    yield Segment.line()
