"""Where the panels of a screen stand, drawn with their names: a line a row, a word a column.

    Arrangement(
        "verdict verdict | auto",
        "easy    hard    | 1fr",
    )

A name in neighboring columns or rows is one panel over all of them. Behind the bar stands the height of the row: lines,
`auto` for what it holds, or its share of what is left (`1fr`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MEDIUM, WIDE = 100, 160
"""Columns of the terminal from which on a screen has room for two and for three panels beside each other."""


@dataclass(frozen=True)
class Cell:
    """A panel and how many columns and rows it stands over."""

    name: str
    columns: int
    rows: int


class Arrangement:
    """cells: in the order in which they follow each other. heights: of the rows."""

    def __init__(self, *rows: str) -> None:
        split = [row.partition("|") for row in rows]
        self._names = [names.split() for names, _, _ in split]
        self.heights = tuple(height.strip() or "1fr" for _, _, height in split)
        self.columns = len(self._names[0])
        if any(len(names) != self.columns for names in self._names):
            raise ValueError(f"rows of different lengths: {rows}")
        self.cells = tuple(self._found())

    def _found(self) -> Iterator[Cell]:
        names = dict.fromkeys(name for row in self._names for name in row)
        for name in names:
            at = [(y, x) for y, row in enumerate(self._names) for x, other in enumerate(row) if other == name]
            (top, left), (bottom, right) = at[0], at[-1]
            cell = Cell(name, right - left + 1, bottom - top + 1)
            if len(at) != cell.columns * cell.rows:
                raise ValueError(f"{name!r} isn't a rectangle")
            yield cell


@dataclass(frozen=True)
class Arrangements:
    """narrow: up to 99 columns, where the screen scrolls. medium: from 100 on. wide: from 160 on."""

    narrow: Arrangement
    medium: Arrangement
    wide: Arrangement

    def for_width(self, columns: int) -> Arrangement:
        if columns >= WIDE:
            return self.wide
        return self.medium if columns >= MEDIUM else self.narrow

    @property
    def names(self) -> tuple[str, ...]:
        """All panels, in the order of the widest arrangement."""
        every = (self.wide, self.medium, self.narrow)
        return tuple(dict.fromkeys(cell.name for one in every for cell in one.cells))
