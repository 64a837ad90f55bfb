"""A screen of panels, which scrolls where it is too small for all of them, wherever the keyboard is."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.shell.base_screen import LabScreen


class PanelScreen(LabScreen):
    """A figure with a cursor takes these keys first, and leaves them to the screen at its edges."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(0, -1)", "Up", show=False, id="up"),
        Binding("down", "move(0, 1)", "Down", show=False, id="down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="page-down"),
        Binding("home", "first", "First", show=False, id="first"),
        Binding("end", "last", "Last", show=False, id="last"),
    ]

    def action_move(self, _right: int, down: int) -> None:
        grid = self.query_one(PanelGrid)
        grid.scroll_relative(y=down, animate=False)

    def action_page(self, down: int) -> None:
        grid = self.query_one(PanelGrid)
        grid.scroll_relative(y=down * grid.size.height, animate=False)

    def action_first(self) -> None:
        self.query_one(PanelGrid).scroll_home(animate=False)

    def action_last(self) -> None:
        self.query_one(PanelGrid).scroll_end(animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Scrolling keys are there where there is something to scroll."""
        if action in {"move", "page", "first", "last"}:
            return any(grid.max_scroll_y for grid in self.all_of(PanelGrid))
        return super().check_action(action, parameters)
