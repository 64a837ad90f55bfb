"""Tables and paragraphs, as pictures."""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas

from lazytui.figures.kinds import Table, Text
from lazytui.figures.number_format import entry, heading, is_numeric
from lazytui.figures.picture.ink import NORMAL, SMALL, Ink, line_height, widest, wrap_lines
from lazytui.figures.picture.picture_body import Body, Box, note_in_place, sheet, write_lines

_BETWEEN = 0.22
_PADDING = 0.06
_READABLE = 1.0
"""Inches that a column of longer texts has at least."""


def table_body(figure: Table, ink: Ink, width: float) -> Body:
    """Numbers flush right and whole; longer texts wrapped. Columns that need more than the width widen the picture."""
    if not figure.rows or not figure.columns:
        return Body(width, line_height(NORMAL), note_in_place("(no rows)", ink))
    heads = [heading(column.name, column.unit) for column in figure.columns]
    texts = [
        [entry(cell, column.decimals) for cell, column in zip(row, figure.columns, strict=True)] for row in figure.rows
    ]
    numeric = [is_numeric(figure, index) for index in range(len(heads))]
    widths = _column_widths(heads, texts, numeric, width)
    rows = [[wrap_lines(text, inches + 0.01, SMALL) for text, inches in zip(row, widths, strict=True)] for row in texts]
    head = [wrap_lines(text, inches + 0.01, SMALL, bold=True) for text, inches in zip(heads, widths, strict=True)]
    line = line_height(SMALL)
    heights = [max(map(len, cells)) * line + _PADDING for cells in [head, *rows]]
    total = sum(widths) + _BETWEEN * (len(widths) - 1)

    def paint(canvas: Canvas, box: Box) -> None:
        axes = sheet(canvas, box)
        y = 0.0
        for number, (cells, height) in enumerate(zip([head, *rows], heights, strict=True)):
            x = 0.0
            for lines, inches, right in zip(cells, widths, numeric, strict=True):
                start = y + _PADDING / 2 + (height - _PADDING - len(lines) * line if number == 0 else 0.0)
                at, align = (x + inches, "right") if right else (x, "left")
                write_lines(axes, lines, at, start, SMALL, color=ink.text, align=align, bold=number == 0)
                x += inches + _BETWEEN
            y += height
            axes.plot([0, total], [y, y], color=ink.muted if number == 0 else ink.grid, lw=0.8 if number == 0 else 0.6)

    return Body(total, sum(heights) + 0.02, paint)


def _column_widths(heads: list[str], texts: list[list[str]], numeric: list[bool], width: float) -> list[float]:
    columns = [[row[index] for row in texts] for index in range(len(heads))]
    natural = [
        max(widest([head], SMALL, bold=True), widest(column, SMALL))
        for head, column in zip(heads, columns, strict=True)
    ]
    least = [most if number else min(most, _READABLE) for most, number in zip(natural, numeric, strict=True)]
    spare = max(width - sum(least) - _BETWEEN * (len(heads) - 1), 0.0)
    extra = sum(natural) - sum(least)
    share = min(1.0, spare / extra) if extra else 0.0
    return [low + (high - low) * share for low, high in zip(least, natural, strict=True)]


def text_body(figure: Text, ink: Ink, width: float) -> Body:
    """Paragraphs with half a line between them; line breaks within a paragraph stay."""
    paragraphs = [
        [line for part in paragraph.split("\n") for line in wrap_lines(part, width, NORMAL) or [""]]
        for paragraph in figure.paragraphs
    ]
    line = line_height(NORMAL)
    height = sum(len(lines) * line for lines in paragraphs) + line / 2 * max(len(paragraphs) - 1, 0)

    def paint(canvas: Canvas, box: Box) -> None:
        axes = sheet(canvas, box)
        y = 0.0
        for lines in paragraphs:
            y = write_lines(axes, lines, 0, y, NORMAL, color=ink.text) + line / 2

    return Body(width, max(height, line), paint)
