"""A page of one row of a table, over the table: n and N turn to the next and the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from lazytui.app.panels.arrangement import Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.browser_screen import BrowserScreen, leave_with_network
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder


class RowPage(BrowserScreen):
    """Lies over the table that it was opened from, until Escape. What a page shows is for each kind to say.

    panels: which figures each shows, by the end of their names: `heat` is `neuron-3-heat` of neuron 3.
    """

    DEFAULT_CSS = """
    RowPage #where { height: 1; padding: 0 1; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="back"),
    ]
    arrangements: ClassVar[Arrangements]
    panels: Sequence[PanelSpec]
    missing = "There are no results on this."

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
        yield PanelGrid(self.arrangements, [Panel(spec.name, spec.title) for spec in self.panels])

    def on_mount(self) -> None:
        self.show()
        leave_with_network(self)

    def shown_figures(self) -> Sequence[Figure]:
        return self.figures()

    def show(self) -> None:
        """Draw the page of the row that is chosen."""
        where = f"{self.heading()}, {self.position + 1} of {len(self._order)}"
        self.query_one("#where", Static).update(plain_text(where))
        figures_by_name = {figure.name: figure for figure in unnumbered(self.figures())}
        grid = self.query_one(PanelGrid)
        with self.app.batch_update():
            for spec in self.panels:
                choices = [(_without_row(figures_by_name[name]),) for name in spec.figures if name in figures_by_name]
                if choices:
                    grid.panel(spec.name).show(choices)
                else:
                    grid.panel(spec.name).say(self.missing)


def renamed(panels: Sequence[PanelSpec], titles: Mapping[str, str]) -> list[PanelSpec]:
    """The same panels, some with another title. titles: by name."""
    return [replace(spec, title=titles.get(spec.name, spec.title)) for spec in panels]


def unnumbered(figures: Sequence[Figure]) -> list[Figure]:
    """The figures of a row named by what they show, so that a panel goes on showing the same of the next row."""
    return [replace(figure, name=figure.name.rsplit("-", 1)[-1]) for figure in figures]


def _without_row(figure: Figure) -> Figure:
    """Its title without the row, which stands above all of them."""
    title = figure.title.split(": ", 1)[-1]
    return replace(figure, title=title[:1].upper() + title[1:])
