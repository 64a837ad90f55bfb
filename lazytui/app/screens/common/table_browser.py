"""A table of a layer's neurons or features beside the form: its filter, a page for a row, and more views of the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import ContentSwitcher, Static

from lazytui.app.figures import FigureView, TableView, swap
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.screens.common.row_page import RowPage
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text

ROWS_WITH_NOTES = 40
"""Rows below which the notes of figures would leave too little of the table in view."""


class TableBrowser(FormScreen):
    """views: their names and keys; the table's comes first. keys: those for the table's rows, in a few words.

    filter_question: what is asked to filter the table. actions_on_rows: what can be done only where there is a table.
    """

    views: ClassVar[Mapping[str, str]]
    keys: str
    filter_question: str
    actions_on_rows: ClassVar[Collection[str]]
    DEFAULT_CSS = """
    TableBrowser #doing { height: auto; max-height: 5; padding: 0 1; color: $text-muted; }
    TableBrowser #browse { width: 1fr; height: 1fr; }
    TableBrowser #views, TableBrowser #views > * { height: 1fr; }
    TableBrowser #rows, TableBrowser #rows > FigureView { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "table_again", "Back to the table", show=False)]
    filter_text = ""

    def compose_body(self) -> ComposeResult:
        self._drawn: dict[str, Sequence[Figure]] = {}
        table, *others = self.views
        with Vertical(id="browse"):
            yield Static(id="doing", markup=False)
            with ContentSwitcher(id="views", initial=table):
                with Vertical(id=table):
                    yield Vertical(id="rows")
                    yield from self.compose_below_table()
                for name in others:
                    yield VerticalScroll(id=name, can_focus=False)
        yield from self.compose_command()
        yield from self.compose_form({"run": self.lab.network})

    def compose_below_table(self) -> ComposeResult:
        yield from ()

    # What a screen says and shows

    @property
    def has_table(self) -> bool:
        """Whether a finished run is shown."""
        raise NotImplementedError

    def figures_of(self, view: str) -> Sequence[Figure]:
        raise NotImplementedError

    def page_of(self, numbers: Sequence[int], number: int) -> RowPage:
        """The page of a row. numbers: all that the table shows, from above."""
        raise NotImplementedError

    def set_filter(self, text: str) -> None:
        """Show only the rows that a person asked for."""
        raise NotImplementedError

    def sentences(self) -> list[str]:
        """What is to be said of the run, a line each."""
        raise NotImplementedError

    def open_views(self) -> Mapping[str, str]:
        """The views that there are now, with their keys."""
        return self.views if self.has_table else {}

    # Drawing

    @property
    def view(self) -> str:
        """The view that is open."""
        return self.query_one(ContentSwitcher).current or next(iter(self.views))

    @property
    def shows_table(self) -> bool:
        return self.view == next(iter(self.views))

    @property
    def table(self) -> TableView | None:
        """The table, where there is one."""
        return next(iter(self.query("#rows > TableView").results(TableView)), None)

    @property
    def has_room_for_notes(self) -> bool:
        return self.size.height >= ROWS_WITH_NOTES

    def show_sentence(self) -> None:
        lines = [Content(plain_text(sentence)) for sentence in self.sentences()]
        if views := self.open_views():
            tabs = [
                Content.styled(f" {key} {name} ", "reverse" if name == self.view else "") for name, key in views.items()
            ]
            lines.append(Content("").join(tabs) + Content(f"  {self.keys}" if self.has_table else ""))
        self.query_one("#doing", Static).update(Content("\n").join(lines))

    def draw(self) -> None:
        """The figures of the view that is open."""
        self.show_sentence()
        view, figures = self.view, self.figures_of(self.view)
        if [*map(id, figures)] != [*map(id, self._drawn.get(view, ()))]:
            self._drawn[view] = figures
            self.show_figures("rows" if self.shows_table else view, figures)
        if self.focused is None:
            self.call_after_refresh(self.leave_form)

    def show_figures(self, holder: str, figures: Sequence[Figure]) -> None:
        swap(self.query_one(f"#{holder}"), figures)

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self.draw)

    def figure_views(self) -> Iterable[FigureView[Any]]:
        return self.query_one(f"#{self.view}").query(FigureView)

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.figure_views()]

    # Views and rows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "table_again":
            return self.has_table and not self.shows_table
        if action in self.actions_on_rows:
            return self.has_table
        return super().check_action(action, parameters)

    def open_view(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name
        if not self.query_one("#side").has_focus_within:
            self.set_focus(None)
        self.refresh_bindings()
        self.draw()

    def open_table(self) -> None:
        self.open_view(next(iter(self.views)))

    def action_table_again(self) -> None:
        self.open_table()

    def action_filter(self) -> None:
        """Ask which rows to show."""
        ask_text(self, self.filter_question, self.filter_text, lambda text: self.set_filter(text.strip()))

    @property
    def numbers(self) -> list[int]:
        """The neurons or features that the table shows, from above."""
        return [_number(self.table, row) for row in self.table.order] if self.table else []

    @property
    def number_at_cursor(self) -> int | None:
        """The neuron or feature under the table's cursor."""
        table = self.table if self.shows_table else None
        return None if table is None or table.place is None else _number(table, table.place)

    @on(FigureView.Chosen)
    def _open_page(self, event: FigureView.Chosen) -> None:
        if event.view is self.table and self.has_table:
            page = self.page_of(self.numbers, _number(self.table, event.place))
            self.app.push_screen(page, lambda _: self.after_page())

    def after_page(self) -> None:
        """Take in what may have changed while a page was open."""


def _number(table: TableView, row: int) -> int:
    return int(table.figure.rows[row][0] or 0)
