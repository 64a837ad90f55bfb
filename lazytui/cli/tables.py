"""Plain tables for lists: columns that line up on a terminal, whole lines in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

_PIPE_WIDTH = 1000
_NUMBERS = {"done", "size", "age", "parameters"}


def print_table(heading: Sequence[str], rows: Sequence[Sequence[str]], *, dispensable: Sequence[str] = ()) -> None:
    """Entries may be text of any origin; those that are a run's state get its color. The last column may wrap.

    dispensable: columns that are left out, one after the other, where a terminal is too narrow for all.
    """
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    unbounded = console.options.update_width(_PIPE_WIDTH)
    shown = list(heading)
    for title in dispensable:
        if console.measure(_table(heading, rows, shown), options=unbounded).maximum > console.width:
            shown.remove(title)
    console.print(_table(heading, rows, shown))


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]], shown: Sequence[str]) -> Table:
    """Those columns of it that are shown."""
    from rich.table import Table
    from rich.text import Text

    from lazytui.plain_text import plain

    colors = {
        "done": "green",
        "running": "cyan",
        "queued": "cyan",
        "paused": "blue",
        "failed": "red",
        "interrupted": "yellow",
    }
    places = [heading.index(title) for title in shown]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in shown:
        table.add_column(title, no_wrap=title != shown[-1], justify="right" if title in _NUMBERS else "left")
    for row in rows:
        table.add_row(*(Text(plain(row[place]), style=colors.get(row[place], "")) for place in places))
    return table
