"""The panels of a screen in the arrangement for its width."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Grid
from textual.events import Resize
from textual.widget import Widget

from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel


class PanelGrid(Grid):
    """Rearranges its panels when the width of the terminal changes; panels that an arrangement lacks are hidden."""

    DEFAULT_CSS = """
    PanelGrid { height: 1fr; overflow-y: auto; scrollbar-size-vertical: 1; grid-gutter: 0; }
    """
    can_focus = False

    def __init__(self, arrangements: Arrangements, panels: Iterable[Panel], *, id: str | None = None) -> None:
        self._panels = {str(panel.name): panel for panel in panels}
        super().__init__(*self._panels.values(), id=id)
        self._arrangements = arrangements
        self._arranged: Arrangement | None = None

    def panel(self, name: str) -> Panel:
        return self._panels[name]

    def panel_of(self, view: Widget) -> Panel:
        """The panel that a figure stands in."""
        return next(panel for panel in self._panels.values() if view in panel.children)

    @property
    def panels(self) -> list[Panel]:
        return list(self._panels.values())

    def rearrange(self, arrangements: Arrangements) -> None:
        """Stand like this from now on."""
        self._arrangements = arrangements
        if self.size.width:
            self._arrange_for(self.size.width)

    def on_resize(self, event: Resize) -> None:
        self._arrange_for(event.size.width)

    def _arrange_for(self, columns: int) -> None:
        arrangement = self._arrangements.for_width(columns)
        if arrangement is not self._arranged:
            self._arranged = arrangement
            with self.app.batch_update():
                self._arrange(arrangement)

    def _arrange(self, arrangement: Arrangement) -> None:
        self.styles.grid_size_columns = arrangement.columns
        self.styles.grid_rows = " ".join(arrangement.heights)
        order = {cell.name: number for number, cell in enumerate(arrangement.cells)}
        for cell in arrangement.cells:
            panel = self._panels[cell.name]
            panel.styles.column_span, panel.styles.row_span = cell.columns, cell.rows
        for name, panel in self._panels.items():
            panel.display = name in order
        self.sort_children(key=lambda child: order.get(str(child.name), len(order)))
