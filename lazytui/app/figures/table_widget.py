"""A table with a cursor on one of its rows; it can be sorted by any column and filtered."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region

from lazytui.app.figures.figure_strips import BodyOfHeight
from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Cell, Interval, PartOf, Table
from lazytui.figures.number_format import entry
from lazytui.figures.terminal.table import TableBody


class TableView(FigureView[Table]):
    """Positions are indices of the figure's own rows, however they are sorted and filtered.

    compact: whether it is a mere list; set it before the table is shown.
    """

    compact = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("greater_than_sign", "sort(1)", "Sort", key_display="< >", id="sort"),
        Binding("less_than_sign", "sort(-1)", "Sort", show=False, id="sort-back"),
    ]

    def __init__(self, figure: Table, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(figure, id=id, classes=classes)
        self._sorted_by: int | None = None
        self._descending = False
        self._sought = ""
        self._order: list[int] = []
        self.figure_changed()

    @property
    def order(self) -> list[int]:
        """The indices of the rows that are shown, from above."""
        return self._order

    def sort(self, column: int | None, *, descending: bool = False) -> None:
        """Show the rows by a column's entries, undefined ones last; None: as the figure has them."""
        self._sorted_by, self._descending = column, descending
        self.reconsider()

    def filter(self, text: str) -> None:
        """Show only the rows with the text in one of their entries, whatever its case; all for an empty text."""
        self._sought = text.casefold()
        self.reconsider()

    def figure_changed(self) -> None:
        shown = [index for index, row in enumerate(self.figure.rows) if self._has_what_is_sought(row)]
        if self._sorted_by is not None and self._sorted_by < len(self.figure.columns):
            shown = self._sorted(shown, self._sorted_by)
        self._order = shown

    def _has_what_is_sought(self, row: tuple[Cell, ...]) -> bool:
        return not self._sought or any(
            self._sought in entry(cell, column.decimals).casefold()
            for cell, column in zip(row, self.figure.columns, strict=True)
        )

    def _sorted(self, shown: list[int], column: int) -> list[int]:
        entries = {index: self.figure.rows[index][column] for index in shown}
        undefined = [index for index in shown if _is_undefined(entries[index])]
        defined = [index for index in shown if not _is_undefined(entries[index])]
        defined.sort(key=lambda index: _sort_key(entries[index]), reverse=self._descending)
        return defined + undefined

    def body_of_height(self) -> BodyOfHeight:
        figure = self.figure
        columns = list(figure.columns)
        marked, descending = self._order_shown()
        if marked is not None and marked < len(columns):
            sign = "▾" if descending else "▴"
            columns[marked] = replace(columns[marked], name=f"{sign} {columns[marked].name}")
        rows = tuple(figure.rows[index] for index in self._order)
        shown = replace(figure, columns=tuple(columns), rows=rows, ordered_by="")
        compact = self.compact
        return lambda _height: TableBody(shown, compact=compact)

    def _order_shown(self) -> tuple[int | None, bool]:
        """The column by which rows are sorted, or else by which the figure has them, and whether downward."""
        if self._sorted_by is not None:
            return self._sorted_by, self._descending
        names = [column.name for column in self.figure.columns]
        return (names.index(self.figure.ordered_by) if self.figure.ordered_by else None), True

    def positions(self) -> list[int]:
        return self._order

    def nearest(self, position: int) -> int | None:
        return position if position in self._order else self.first()

    def region_of(self, position: int) -> Region | None:
        return super().region_of(self._order.index(position)) if position in self._order else None

    def position_at(self, at: Offset) -> int | None:
        for line, index in enumerate(self._order):
            regions = self.drawing.regions.get(line)
            if regions and regions[0].y <= at.y < regions[0].bottom:
                return index
        return None

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        column = None if at is None else self._heading_at(at + self.scroll_offset)
        if column is not None:
            event.stop()
            event.prevent_default()  # the cursor stays where it is
            self.sort(column, descending=column == self._sorted_by and not self._descending)

    def _heading_at(self, at: Offset) -> int | None:
        for column in range(len(self.figure.columns)):
            if any(region.contains_point(at) for region in self.drawing.regions.get(("heading", column), [])):
                return column
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "sort":
            return not self.compact
        return super().check_action(action, parameters)

    def action_sort(self, step: int) -> None:
        """The next or previous of: as the figure has them, then each column downward and upward."""
        columns = len(self.figure.columns)
        states: list[tuple[int | None, bool]] = [(None, False)]
        states += [(column, descending) for column in range(columns) for descending in (True, False)]
        now = states.index((self._sorted_by, self._descending))
        column, descending = states[(now + step) % len(states)]
        self.sort(column, descending=descending)

    def readout(self, position: int) -> str:
        figure = self.figure
        text = f"row {self._order.index(position) + 1} of {len(self._order)}"
        if len(self._order) < len(figure.rows):
            text += f" ({len(figure.rows)} without the filter)"
        if figure.columns:
            text += f": {entry(figure.rows[position][0], figure.columns[0].decimals)}"
        if self._sorted_by is not None:
            text += f", sorted by {figure.columns[self._sorted_by].name}"
        return text


def _is_undefined(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _sort_key(cell: Cell) -> tuple[bool, float, str]:
    """Numbers before texts, each in their own order."""
    match cell:
        case int() | float():
            return (False, float(cell), "")
        case Interval():
            return (False, cell.low, "")
        case PartOf():
            return (False, cell.hits / max(cell.of, 1), "")
    return (True, 0.0, str(cell).casefold())
