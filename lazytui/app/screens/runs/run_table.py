"""The table of runs: however many there are, only the rows in view are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lazytui.app.screens.runs.run_columns import RunColumn, fitting, sorted_by
from lazytui.runs.formatting import STATE_COLORS
from lazytui.runs.workspace_watch import RunLine

_SIGNS = {"done": "●", "running": "◐", "queued": "◌", "paused": "◑", "stopped": "◼", "interrupted": "◼"}
_BESIDE = 4
"""Columns of the mark and the sign of the state."""


class RunTable(ScrollView, can_focus=True):
    """lines: a row each, from above, as they are sorted. cursor: the row that it is on. marked: references of runs."""

    DEFAULT_CSS = """
    RunTable {
        background: $surface; color: $foreground; height: auto; max-height: 100%;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    RunTable:focus { background-tint: $foreground 5%; }
    RunTable > .run-table--header { text-style: bold; background: $panel; color: $foreground; }
    RunTable > .run-table--odd { background: $surface-lighten-1 50%; }
    RunTable:dark > .run-table--odd { background: $surface-darken-1 40%; }
    RunTable > .run-table--cursor {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    RunTable:focus > .run-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *("run-table--header", "run-table--even", "run-table--odd", "run-table--cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="up"),
        Binding("down", "move(1)", "Down", show=False, id="down"),
        Binding("n", "move(1)", "Next run", show=False, id="next-item"),
        Binding("N", "move(-1)", "Run before", show=False, id="previous-item"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="page-down"),
        Binding("home", "first", "First", show=False, id="first"),
        Binding("end", "last", "Last", show=False, id="last"),
        Binding("enter", "open", "Open", show=False, id="open"),
        Binding("space", "mark", "Mark", id="mark"),
        Binding("asterisk", "mark_shown", "Mark all that are shown", show=False, id="mark-all"),
        Binding("minus", "unmark", "Unmark all", show=False, id="less"),
        Binding("greater_than_sign", "sort(1)", "Sort", key_display="< >", id="sort"),
        Binding("less_than_sign", "sort(-1)", "Sort by the column before", show=False, id="sort-back"),
    ]

    class Pointed(Message):
        """The cursor came to another run."""

    class Opened(Message):
        """Enter on a run, or a click on the one under the cursor."""

    class Marked(Message):
        """Other runs are marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[RunLine] = ()
        self.cursor = 0
        self.marked: set[str] = set()
        self._given: Sequence[RunLine] = ()
        self._sorted_by: RunColumn | None = None
        self._descending = False
        self._columns: list[tuple[RunColumn, int]] = []

    def on_mount(self) -> None:
        self.show(())

    @property
    def line_at_cursor(self) -> RunLine | None:
        """The run under the cursor."""
        return self.lines[self.cursor] if self.lines else None

    @property
    def chosen_lines(self) -> list[RunLine]:
        """The marked runs, or else the one under the cursor."""
        marked = [line for line in self.lines if line.run.reference in self.marked]
        return marked or [line for line in (self.line_at_cursor,) if line]

    def show(self, lines: Sequence[RunLine]) -> None:
        """Show other lines; the cursor stays on its run, and a view that was scrolled to stays in view.

        lines: as they stand while they aren't sorted by a column. A marked run that is gone is no longer marked.
        """
        self._given = lines
        self.marked &= {line.run.reference for line in lines}
        self._arrange()

    def _arrange(self) -> None:
        before, at = self.line_at_cursor, self.cursor
        column = self._sorted_by
        self.lines = sorted_by(column, self._given, descending=self._descending) if column else self._given
        self._fit()
        self.virtual_size = Size(self._room, len(self.lines) + 1)
        same = (row for row, line in enumerate(self.lines) if before and line.run.reference == before.run.reference)
        self.cursor = next(same, self._within(at))
        if self.scroll_y:
            self.scroll_to(y=self.scroll_y + self.cursor - at, animate=False)
        self.refresh(layout=True)

    def on_resize(self, _event: Resize) -> None:
        self._fit()
        self.refresh()

    @property
    def _room(self) -> int:
        """Cells beside the scrollbar."""
        return self.scrollable_content_region.width

    def _fit(self) -> None:
        self._columns = fitting(self.lines, max(self._room - _BESIDE, 0))

    def point(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        if self._within(row) != self.cursor:
            self.cursor = self._within(row)
            self.refresh()
            self.post_message(self.Pointed())
        self.call_after_refresh(self._show_cursor)

    def _within(self, row: int) -> int:
        return max(min(row, len(self.lines) - 1), 0)

    def _show_cursor(self) -> None:
        row = Region(0, self.cursor + 1, 1, 1)
        self.scroll_to_region(row, spacing=Spacing(top=1), animate=False, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        row = y - 1 + int(self.scroll_y)
        if y == 0:
            return self._strip("    ", [self._heading(column) for column, _ in self._columns], "header")
        if row >= len(self.lines):
            return Strip.blank(self._room, self.rich_style)
        line = self.lines[row]
        style = "cursor" if row == self.cursor else "odd" if row % 2 else "even"
        color = "" if style == "cursor" else "red" if line.damage else STATE_COLORS.get(line.status.state, "")
        mark = "✓" if line.run.reference in self.marked else " "
        sign = "✗" if line.damage else _SIGNS.get(line.status.state, "✗")
        return self._strip(f"{mark} {sign} ", [column.cell(line) for column, _ in self._columns], style, color)

    def _heading(self, column: RunColumn) -> str:
        """As they are given, the newest stand first."""
        arrow = "▼" if self._descending else "▲"
        is_order = column is self._sorted_by or (self._sorted_by is None and column.name == "age")
        return f"{column.name}{arrow}" if is_order else column.name

    def _strip(self, beside: str, cells: Sequence[str], style: str, color: str = "") -> Strip:
        """A row whose state has a color of its own."""
        base = self.get_component_rich_style(f"run-table--{style}")
        colored = base + Style.parse(color)
        segments = [Segment(beside, colored)]
        for cell, (column, width) in zip(cells, self._columns, strict=True):
            segments.append(Segment(_fitted(cell, width, right=column.right) + " ", _style_of(column, base, colored)))
        return Strip(segments).adjust_cell_length(self._room, base)

    # Keys and clicks

    def action_move(self, by: int) -> None:
        self.point(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.point(self.cursor + by * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        self.point(0)

    def action_last(self) -> None:
        self.point(len(self.lines) - 1)

    def action_open(self) -> None:
        if self.line_at_cursor:
            self.post_message(self.Opened())

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away, and go on to the next."""
        if self.line_at_cursor:
            self._mark(self.marked ^ {self.line_at_cursor.run.reference})
            self.point(self.cursor + 1)

    def action_mark_shown(self) -> None:
        self._mark(self.marked | {line.run.reference for line in self.lines})

    def action_unmark(self) -> None:
        self._mark(set())

    def _mark(self, references: set[str]) -> None:
        self.marked = references
        self.refresh()
        self.post_message(self.Marked())

    def action_sort(self, step: int) -> None:
        """Sort by the next column that is shown, or the one before; after the last as they were."""
        order: list[RunColumn | None] = [None, *(column for column, _ in self._columns)]
        at = order.index(self._sorted_by) if self._sorted_by in order else 0
        self.sort(order[(at + step) % len(order)])

    def sort(self, column: RunColumn | None) -> None:
        """By a column's values, the highest first where they are numbers; the other way round the second time."""
        if column is not None and column is self._sorted_by:
            self._descending = not self._descending
        else:
            self._sorted_by, self._descending = column, column is not None and column.right and column.name != "age"
        self._arrange()
        self.call_after_refresh(self._show_cursor)

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        row = at.y - 1 + int(self.scroll_y)
        if at.y == 0:
            self.sort(self._column_at(at.x))
        elif row == self.cursor:
            self.action_open()
        elif row < len(self.lines):
            self.point(row)

    def _column_at(self, x: int) -> RunColumn | None:
        start = _BESIDE
        for column, width in self._columns:
            start += width + 1
            if x < start:
                return column
        return None


def _style_of(column: RunColumn, base: Style, colored: Style) -> Style:
    return colored if column.name == "state" else base


def _fitted(text: str, width: int, *, right: bool) -> str:
    """Exactly `width` cells; what is cut ends in an ellipsis."""
    if cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"
    space = " " * (width - cell_len(text))
    return space + text if right else text + space
