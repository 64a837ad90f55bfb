"""The table of runs: however many there are, only the rows in view are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lazytui.plain_text import plain_text
from lazytui.runs.formatting import STATE_COLORS, age_text, without_middle
from lazytui.runs.workspace_watch import RunLine


class Cells(NamedTuple):
    """What a row says of a run, but for its age."""

    run: str
    name: str
    status: str
    easy: str
    hard: str


HEADINGS = Cells("run", "name", "status", "easy", "hard")
_OF_AGE = len("59 min")


class RunTable(ScrollView, can_focus=True):
    """lines: a row each, from above. cursor: the row that it is on."""

    DEFAULT_CSS = """
    RunTable { background: $surface; color: $foreground; height: auto; max-height: 100%; }
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
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
        Binding("pagedown", "turn(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    class Pointed(Message):
        """The cursor came to another run."""

    class Opened(Message):
        """Enter on a run, or a click on the one under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[RunLine] = ()
        self.cursor = 0
        self._cells: dict[str, tuple[RunLine, Cells]] = {}
        self._widths: Sequence[int] = ()

    def on_mount(self) -> None:
        self.show(())

    @property
    def line_at_cursor(self) -> RunLine | None:
        """The run under the cursor."""
        return self.lines[self.cursor] if self.lines else None

    def show(self, lines: Sequence[RunLine]) -> None:
        """Show other lines; the cursor stays on its run, and a view that was scrolled to stays in view."""
        before, at = self.line_at_cursor, self.cursor
        self.lines = lines
        self._cells = {line.run.reference: self._row_of(line) for line in lines}
        columns = zip(HEADINGS, *(cells for _, cells in self._cells.values()), strict=True)
        self._widths = [*(max(map(cell_len, column)) for column in columns), _OF_AGE]
        self.virtual_size = Size(sum(self._widths) + 2 * len(self._widths), len(lines) + 1)
        same = (row for row, line in enumerate(lines) if before and line.run.reference == before.run.reference)
        self.cursor = next(same, self._within(at))
        if self.scroll_y:
            self.scroll_to(y=self.scroll_y + self.cursor - at, animate=False)
        self.refresh(layout=True)

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
        row = Region(int(self.scroll_x), self.cursor + 1, 1, 1)
        self.scroll_to_region(row, spacing=Spacing(top=1), animate=False, force=True)

    def _row_of(self, line: RunLine) -> tuple[RunLine, Cells]:
        """The cells of a line; those that it had, where it is the same line as before."""
        known = self._cells.get(line.run.reference)
        return known if known and known[0] is line else (line, _cells(line))

    # Drawing

    def render_line(self, y: int) -> Strip:
        row = y - 1 + int(self.scroll_y)
        if y == 0:
            return self._strip([*HEADINGS, "age"], "header")
        if row >= len(self.lines):
            return Strip.blank(self.size.width, self.rich_style)
        line = self.lines[row]
        style = "cursor" if row == self.cursor else "odd" if row % 2 else "even"
        color = "" if style == "cursor" else "red" if line.damage else STATE_COLORS.get(line.status.state, "")
        return self._strip([*self._cells[line.run.reference][1], age_text(line.created)], style, color)

    def _strip(self, cells: Sequence[str], style: str, color: str = "") -> Strip:
        """A row whose status has a color of its own."""
        base = self.get_component_rich_style(f"run-table--{style}")
        words = [
            f" {_fitted(cell, width, right=index > 2)} "
            for index, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        ]
        colored = base + Style.parse(color)
        strip = Strip([Segment(word, colored if index == 2 else base) for index, word in enumerate(words)])
        left = int(self.scroll_x)
        return strip.crop_extend(left, left + self.size.width, base)

    # Keys and clicks

    def action_move(self, by: int) -> None:
        self.point(self.cursor + by)

    def action_turn(self, by: int) -> None:
        self.point(self.cursor + by * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        self.point(0)

    def action_last(self) -> None:
        self.point(len(self.lines) - 1)

    def action_open(self) -> None:
        if self.line_at_cursor:
            self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self)
        row = at.y - 1 + int(self.scroll_y) if at and at.y else -1
        if row == self.cursor:
            self.action_open()
        elif 0 <= row < len(self.lines):
            self.point(row)


def _cells(line: RunLine) -> Cells:
    easy, hard = (line.metrics.get(f"{split}_accuracy") for split in ("easy", "hard"))
    title, name = without_middle(plain_text(line.run.id), 40), without_middle(line.name or "", 16)
    return Cells(title, name, line.state, _share(easy), _share(hard))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _fitted(words: str, width: int, *, right: bool) -> str:
    space = " " * (width - cell_len(words))
    return space + words if right else words + space
