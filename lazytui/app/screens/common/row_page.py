"""A page of one row of a table, over the table: n and p turn to the next and the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from lazytui.app.figures import FigureView, swap
from lazytui.app.screens.common.browser_screen import BrowserScreen
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

TWO_COLUMNS = 170
"""Columns from which on figures stand side by side."""


class RowPage(BrowserScreen):
    """Lies over the table that it was opened from, until Escape. What a page shows is for each kind to say."""

    DEFAULT_CSS = """
    RowPage #where { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    RowPage #page { height: 1fr; padding: 0 0 0 1; }
    RowPage #page > FigureView { margin: 0 0 1 0; }
    RowPage.-wide #page { layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 1 2; }
    RowPage.-wide #page > FigureView { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("n", "step(1)", "Next"),
        Binding("p", "step(-1)", "Before"),
        Binding("e", "export", "Export"),
    ]

    def __init__(self, run: RunFolder, order: Sequence[int], number: int) -> None:
        """order: the rows' numbers, from above. number: of the row to begin with."""
        super().__init__()
        self._run = run
        self._order = order
        self.number = number

    def figures(self) -> list[Figure]:
        """Of the row that is shown. A damaged result raises what it raises."""
        raise NotImplementedError

    def heading(self) -> str:
        """What the row is, for the line above its figures."""
        raise NotImplementedError

    def keys(self) -> str:
        """Keys on this screen, in a few words."""
        raise NotImplementedError

    @property
    def items(self) -> Sequence[int]:
        return self._order

    @property
    def item(self) -> int:
        return self.number

    def show_item(self, item: int) -> None:
        self.number = item
        self.show()

    def compose_body(self) -> ComposeResult:
        yield Static(id="where", markup=False)
        yield VerticalScroll(id="page", can_focus=False)

    def on_mount(self) -> None:
        self.show()
        self.call_after_refresh(self._focus_first)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= TWO_COLUMNS, "-wide")

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.query(FigureView)]

    def show(self) -> None:
        """Draw the page of the row that is chosen."""
        where = f"{self.heading()}, {self.position + 1} of {len(self._order)}; {self.keys()}."
        self.query_one("#where", Static).update(plain_text(where))
        swap(self.query_one("#page"), self.figures())

    def _focus_first(self) -> None:
        for view in self.query(FigureView).results():
            view.focus(scroll_visible=False)
            return
