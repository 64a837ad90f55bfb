"""The page of one neuron: what it prefers, responds to, tells and says; n and p turn to the next and the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.neuron_page import page
from lazytui.app.figures import FigureView, swap
from lazytui.app.place import Place
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder
from lazytui.runs.result import Result

TWO_COLUMNS = 170
"""Columns from which on figures stand side by side."""


class NeuronPage(Place):
    """Lies over the table that it was opened from, until Escape."""

    name_of_place = "neurons"
    DEFAULT_CSS = """
    NeuronPage #where { height: 1; padding: 0 1; color: $text-muted; }
    NeuronPage #page { height: 1fr; padding: 0 0 0 1; }
    NeuronPage #page > FigureView { margin: 0 0 1 0; }
    NeuronPage.-wide #page { layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 1 2; }
    NeuronPage.-wide #page > FigureView { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("n", "turn(1)", "Next neuron"),
        Binding("p", "turn(-1)", "Neuron before"),
        Binding("e", "export", "Export"),
    ]

    def __init__(self, run: RunFolder, result: Result, order: Sequence[int], at: int) -> None:
        """order: the neurons to turn through. at: where among them to begin."""
        super().__init__()
        self._run = run
        self._result = result
        self._order = order
        self._at = at

    def compose_place(self) -> ComposeResult:
        yield Static(id="where", markup=False)
        yield VerticalScroll(id="page", can_focus=False)

    def on_mount(self) -> None:
        self._show()
        self.call_after_refresh(self._focus_first)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= TWO_COLUMNS, "-wide")

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.query(FigureView)]

    def action_turn(self, by: int) -> None:
        """The neuron after this one in the table, or before."""
        if 0 <= self._at + by < len(self._order):
            self._at += by
            self._show()

    def _show(self) -> None:
        neuron = self._order[self._at]
        try:
            figures = page(self._result, neuron)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            figures, why = [], "its page can't be drawn: the result isn't what its analysis makes"
        else:
            why = "n the next, p the one before, Esc goes back"
        where = f"Neuron {neuron}, {self._at + 1} of {len(self._order)}; {why}."
        self.query_one("#where", Static).update(plain(where))
        swap(self.query_one("#page"), figures)

    def _focus_first(self) -> None:
        for view in self.query(FigureView).results():
            view.focus(scroll_visible=False)
            return
