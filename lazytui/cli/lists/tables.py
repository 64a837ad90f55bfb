"""Plain tables for lists: columns that line up on a terminal, whole lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment

_PIPE_WIDTH = 1000
_GAP = "  "
_NARROWEST = 8
_NUMBERS = {"done", "size", "age", "parameters"}


def print_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Entries may be text of any origin. The last column may wrap."""
    from rich.table import Table
    from rich.text import Text

    from lazytui.plain_text import plain_text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in heading:
        table.add_column(title, no_wrap=title != heading[-1], justify="right" if title in _NUMBERS else "left")
    for row in rows:
        table.add_row(*(Text(plain_text(entry)) for entry in row))
    _console().print(table)


def print_lines(heading: Sequence[str], rows: Sequence[Sequence[str]], *, dispensable: Sequence[str]) -> None:
    """Rows that never wrap, however many: rich's own table takes two milliseconds for each.

    Entries may be text of any origin; those that are a run's state get its color. dispensable: columns that are left
    out, one after the other, where a terminal is too narrow for all; if that isn't enough, the first column's entries
    lose their middle.
    """
    from rich.cells import cell_len
    from rich.segment import Segments

    from lazytui.plain_text import plain_text
    from lazytui.runs.formatting import without_middle

    console = _console()
    columns = {title: [plain_text(entry) for entry in entries] for title, *entries in zip(heading, *rows, strict=True)}
    widths = {title: max(map(cell_len, (title, *entries))) for title, entries in columns.items()}
    for title in dispensable:
        if _width(widths) > console.width:
            del columns[title], widths[title]
    if (excess := _width(widths) - console.width) > 0:
        first = heading[0]
        widths[first] = max(widths[first] - excess, _NARROWEST)
        columns[first] = [without_middle(entry, widths[first]) for entry in columns[first]]
    console.print(Segments(_lines(columns, widths)), crop=False, end="")


def _lines(columns: Mapping[str, Sequence[str]], widths: Mapping[str, int]) -> Iterator[Segment]:
    """The heading, and a line for each entry of the columns. widths: of each, by title."""
    from rich.cells import cell_len
    from rich.segment import Segment
    from rich.style import Style

    from lazytui.runs.formatting import STATE_COLORS

    bold = Style(bold=True)
    states = {state: Style.parse(color) for state, color in STATE_COLORS.items()}
    *others, _last = columns
    for row in ([*columns], *zip(*columns.values(), strict=True)):
        for title, entry in zip(columns, row, strict=True):
            space = " " * (widths[title] - cell_len(entry))
            aligned = space + entry if title in _NUMBERS else entry + space
            style = bold if entry is title else states.get(entry)
            yield Segment(aligned + _GAP if title in others else aligned.rstrip(), style)
        yield Segment.line()


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    return console


def _width(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1)
