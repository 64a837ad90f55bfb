"""Plain tables for lists: columns that line up on a terminal, whole lines in a pipe."""

from __future__ import annotations

_PIPE_WIDTH = 1000
_NUMBERS = {"done", "size", "age", "parameters"}


def print_table(heading: list[str], rows: list[list[str]]) -> None:
    """Entries may be text of any origin; those that are a run's state get its color. The last column may wrap."""
    from rich.console import Console
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
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in heading:
        last = title == heading[-1]
        table.add_column(title, no_wrap=not last, justify="right" if title in _NUMBERS else "left")
    for row in rows:
        table.add_row(*(Text(plain(cell), style=colors.get(cell, "")) for cell in row))
    console = Console(highlight=False)
    console.print(table, width=None if console.is_terminal else _PIPE_WIDTH, crop=console.is_terminal)
