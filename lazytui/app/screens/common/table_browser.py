"""A table of a layer's neurons or features, the page of the row under its cursor, and more figures of the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lazytui.app.changing_text import ChangingText
from lazytui.app.figures import FigureView, TableView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.browser_screen import BrowserScreen
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.screens.common.row_page import RowPage, unnumbered
from lazytui.figures.kinds import Figure, Table
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

ARRANGEMENTS = Arrangements(
    narrow=Arrangement("table | 15", "page | 16", "curves | 14", "others | 16"),
    medium=Arrangement("table table table table table table | 1fr", "page page curves curves others others | 1fr"),
    wide=Arrangement("table table table page   page   page | 1fr", "curves curves curves others others others | 1fr"),
)


class TableBrowser(FormScreen, BrowserScreen):
    """titles: of each panel, where it shows nothing: `table`, the `page` of its row, `curves`, `others`, and more.

    filter_question: what is asked to filter the table. actions_on_rows: what can be done only where there is a table.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="filter"),
    ]
    arrangements: ClassVar[Arrangements] = ARRANGEMENTS
    titles: ClassVar[Mapping[str, str]]
    filter_question: str
    actions_on_rows: ClassVar[Collection[str]]
    filter_text = ""

    def compose_body(self) -> ComposeResult:
        self._drawn: dict[str, Sequence[Figure]] = {}
        self._page_of: tuple[RunFolder | None, int] | None = None
        panels = [Panel(name, title, opens=name == "table") for name, title in self.titles.items()]
        yield PanelGrid(self.arrangements, panels)
        yield ChangingText(id="doing")
        yield from self.compose_command()
        yield from self.compose_form({"run": self.lab.network})

    # What a screen says and shows

    @property
    def has_table(self) -> bool:
        """Whether a finished run is shown."""
        raise NotImplementedError

    def tables(self) -> Sequence[Table]:
        """The table, and others of the same rows; none before a run is done."""
        raise NotImplementedError

    def row_figures(self, number: int) -> Sequence[Figure]:
        """What there is to see of the row of a neuron or feature."""
        raise NotImplementedError

    def curves(self) -> Sequence[Figure]:
        raise NotImplementedError

    def other_figures(self) -> Sequence[Figure]:
        """Of the layer as a whole."""
        raise NotImplementedError

    def panel_figures(self) -> dict[str, Sequence[Figure]]:
        """What each panel can show, besides the page of a row."""
        return {"table": self.tables(), "curves": self.curves(), "others": self.other_figures()}

    def why_empty(self, name: str) -> str:  # noqa: ARG002
        """What a panel without figures says."""
        return ""

    def page_of(self, numbers: Sequence[int], number: int) -> RowPage:
        """The page of a row. numbers: all that the table shows, from above."""
        raise NotImplementedError

    def set_filter(self, text: str) -> None:
        """Show only the rows that a person asked for."""
        raise NotImplementedError

    def sentences(self) -> list[str]:
        """What is to be said of the run, a line each."""
        raise NotImplementedError

    # Drawing

    def panel(self, name: str) -> Panel:
        return self.query_one(PanelGrid).panel(name)

    @property
    def table(self) -> TableView | None:
        """The table, where there is one."""
        return next((view for view in self.panel("table").views if isinstance(view, TableView)), None)

    def show_sentence(self) -> None:
        """Below the panels; the first stands in the table's panel where there is no table."""
        sentences = self.sentences() if self.has_table or self.tables() else self.sentences()[1:]
        lines = [Content(plain_text(sentence)) for sentence in sentences if sentence]
        self.query_one("#doing", ChangingText).set_text(Content("\n").join(lines))

    def draw(self) -> None:
        """All panels, each as far as it changed."""
        self.show_sentence()
        with self.app.batch_update():
            for name, shown in self.panel_figures().items():
                self._show(name, shown)
            self._show_page()
        if self.table and self.focused is None and not self.query_one("#side").display:
            self.table.focus(scroll_visible=False)

    def _show(self, name: str, figures: Sequence[Figure]) -> None:
        if not figures:
            self._drawn[name] = figures
            self.panel(name).say(next(iter(self.sentences()), "") if name == "table" else self.why_empty(name))
        elif [*map(id, figures)] != [*map(id, self._drawn.get(name, ()))]:
            self._drawn[name] = figures
            self.panel(name).show([(figure,) for figure in figures])

    def _show_page(self) -> None:
        """What there is of the row under the table's cursor, or of the first."""
        numbers, number = self.numbers, self.number_at_cursor
        if number is None and numbers:
            number = numbers[0]
        figures: Sequence[Figure]
        if number is None or not self.has_table:
            self._page_of, figures = None, []
        elif self._page_of == (self.followed, number):
            return
        else:
            self._page_of, figures = (self.followed, number), unnumbered(self.row_figures(number))
        self._show("page", figures)

    @on(Panel.Resized)
    def _fit_again(self, event: Panel.Resized) -> None:
        """Tables are fitted to their panel, which may get its width only after they came."""
        if event.panel.name == "table":
            self.draw()

    def shown_figures(self) -> Sequence[Figure]:
        return [figure for panel in self.query_one(PanelGrid).panels for figure in panel.shown]

    # Rows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "step" or action in self.actions_on_rows:
            return self.has_table
        return super().check_action(action, parameters)

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
        table = self.table
        return None if table is None or table.position is None else _number(table, table.position)

    @property
    def items(self) -> Sequence[int]:
        return self.numbers

    @property
    def item(self) -> int:
        number = self.number_at_cursor
        return -1 if number is None else number

    def show_item(self, item: int) -> None:
        """Put the table's cursor on a neuron or feature, where the table shows it."""
        if self.table and item in self.numbers:
            self.table.point(self.table.order[self.numbers.index(item)])

    @on(FigureView.Pointed)
    def _point(self, event: FigureView.Pointed) -> None:
        if event.view is self.table:
            self._show_page()
            self.show_cursor()

    def show_cursor(self) -> None:
        """Show also elsewhere which row the table's cursor is on."""

    @on(FigureView.Chosen)
    def _open_page(self, event: FigureView.Chosen) -> None:
        if event.view is self.table and self.has_table:
            page = self.page_of(self.numbers, _number(self.table, event.position))
            self.app.push_screen(page, lambda _: self.after_page(page))

    def after_page(self, page: RowPage) -> None:
        """Go on from the row whose page was open."""
        self.show_item(page.number)


def _number(table: TableView, row: int) -> int:
    return int(str(table.figure.rows[row][0]))
