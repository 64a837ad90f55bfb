"""A table, or one block a row where the columns don't fit side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text as RichText

from lazytui.figures.kinds import Table
from lazytui.figures.numbers import entry, heading, is_numeric
from lazytui.figures.terminal.lines_of_text import widest, wrapped
from lazytui.figures.terminal.palette import tone_style

_MUTED = tone_style("muted")
_READABLE = 14
"""The narrowest that a column of longer texts is wrapped to."""
_BETWEEN = 3
"""Cells between columns."""


class TableBody:
    """The body of a `Table` figure."""

    def __init__(self, figure: Table) -> None:
        self.figure = figure
        self.headings = [heading(column.name, column.unit) for column in figure.columns]
        self.rows = [
            [entry(cell, column.decimals) for cell, column in zip(row, figure.columns, strict=True)]
            for row in figure.rows
        ]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.rows or not self.headings:
            yield RichText("(no rows)", style=_MUTED)
            return
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._row_blocks(options.max_width)
        else:
            yield self._side_by_side(widths)

    def _widths(self, available: int) -> list[int] | None:
        """Cells for each column: numbers whole, text wrapped where it must be; None where that doesn't fit."""
        columns = [[name, *(row[index] for row in self.rows)] for index, name in enumerate(self.headings)]
        natural = [max(widest(texts), 1) for texts in columns]
        least = [
            width if is_numeric(self.figure, index) else min(width, max(_READABLE, widest(" ".join(texts).split())))
            for index, (width, texts) in enumerate(zip(natural, columns, strict=True))
        ]
        spare = available - sum(least) - _BETWEEN * (len(columns) - 1)
        if spare < 0:
            return None
        wanted = [most - width for most, width in zip(natural, least, strict=True)]
        share = min(1.0, spare / max(sum(wanted), 1))
        return [width + int(want * share) for width, want in zip(least, wanted, strict=True)]

    def _side_by_side(self, widths: list[int]) -> RichTable:
        table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
        for index, (name, width) in enumerate(zip(self.headings, widths, strict=True)):
            justify: Literal["left", "right"] = "right" if is_numeric(self.figure, index) else "left"
            table.add_column(RichText(name), justify=justify, width=width)
        for row in self.rows:
            table.add_row(*(RichText(text) for text in row))
        return table

    def _row_blocks(self, width: int) -> Iterator[Segment]:
        """Each row as lines of `column  value`, for widths that can't hold the columns without cutting numbers."""
        names = min(widest(self.headings), max(width // 2, 1))
        for number, row in enumerate(self.rows):
            if number:
                yield Segment.line()
            for name, text in zip(self.headings, row, strict=True):
                left, right = wrapped(name, names) or [""], wrapped(text, max(width - names - 1, 2)) or [""]
                for line in range(max(len(left), len(right))):
                    start = left[line] if line < len(left) else ""
                    end = right[line] if line < len(right) else ""
                    yield Segment(start + " " * (names - widest([start]) + 1 if end else 0), Style(bold=True))
                    yield Segment(end)
                    yield Segment.line()
