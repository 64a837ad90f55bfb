"""A panel: a titled frame around a figure or two, which shows its focus, can fill the screen, and can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from lazytui.app.figures import FigureView, TableView, view_of
from lazytui.app.form.field_help import HelpBox
from lazytui.app.panels.explanation import as_text, explanation
from lazytui.figures.kinds import Figure, Matrix
from lazytui.figures.terminal.text_cells import shorten_at_word
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import without_middle

_MUCH = 1.5
_WHOLE = 1000
"""Characters of a title before a panel has its size."""

_BESIDE_TITLE = 2
"""Characters of the frame's inside that a title leaves."""

Shown = tuple[Figure, ...]
"""What a panel shows at once: a figure, or the same one of two networks."""


class Panel(Container):
    """name: what arrangements call it. title: what stands in its frame until it shows a figure, whose title it takes.
    lists: whether its tables are mere lists, without the names of columns.
    opens: whether Enter opens what the cursor is on, which is up to the screen, instead of letting it fill the screen.

    A figure's own title and note aren't drawn in it: the title stands in the frame, the note is what `i` explains. What
    the cursor is on stands in the lower edge. Two figures, of two networks, stand beside or below each other.
    """

    DEFAULT_CSS = """
    Panel {
        border: round $foreground 25%;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        layout: vertical;
        &.-beside { layout: horizontal; }
        &:focus-within {
            border: round $accent; border-title-color: $text-accent; border-title-style: bold;
            border-subtitle-color: $foreground;
        }
        &.-maximized { width: 1fr; height: 1fr; }
        & > FigureView { height: 1fr; scrollbar-gutter: auto; }
        & > TextView, & > TableView, & > BarsView { scrollbar-gutter: stable; }
        &.-saying { align: center middle; }
        & > .sentence { color: $text-muted; width: 1fr; max-width: 80; height: auto; text-align: center; }
    }
    """
    ALLOW_MAXIMIZE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "zoom", "Zoom", show=False, id="open"),
        Binding("m", "turn(1)", "Next chart", show=False, id="next-method"),
        Binding("M", "turn(-1)", "Previous chart", show=False, id="previous-method"),
        Binding("i", "explain", "Explain", id="explain"),
        Binding("y", "copy", "Copy", show=False, id="copy"),
    ]

    _changed_edge: tuple[Region, ...] = ()

    class Resized(Message):
        """The panel has another size."""

        def __init__(self, panel: Panel) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, name: str, title: str = "", *, opens: bool = False, lists: bool = False) -> None:
        super().__init__(id=f"panel-{name}", name=name)
        self.opens = opens
        self._lists = lists
        self._title = title
        self._sentence = ""
        self._edges = {"border_title": title, "border_subtitle": ""}
        self._choices: Sequence[Shown] = ()
        self._chosen = 0
        self._drawn: Shown = ()
        self._turned_to = ""
        self.border_title = Content(title)

    @property
    def views(self) -> list[FigureView[Any]]:
        return [view for view in self._staying if isinstance(view, FigureView)]

    @property
    def _staying(self) -> list[Widget]:
        """The children without those that are being removed, which Textual counts until they are gone."""
        return [child for child in self.children if child.display]

    @property
    def shown(self) -> Shown:
        """What is shown now; nothing while a sentence stands there."""
        return self._choices[self._chosen] if self._choices else ()

    def show(self, choices: Sequence[Shown]) -> None:
        """Show that of the choices which somebody turned to; or the first, also where it is new. `m`: the next."""
        before, names = ([choice[0].name for choice in each] for each in (self._choices, choices))
        if before and names[0] not in before:
            self._turned_to = ""
        self._choices = choices
        self._chosen = names.index(self._turned_to) if self._turned_to in names else 0
        self._draw()

    def say(self, sentence: str) -> None:
        """A sentence where there is no figure to show."""
        if sentence == self._sentence and not self._choices and self._staying:
            return
        self._sentence = sentence
        self._choices = ()
        self._set_edge("border_title", self._title)
        self._set_edge("border_subtitle", "")
        self.add_class("-saying")
        match self._staying:
            case [Static() as only]:
                only.update(plain_text(sentence))
            case _:
                self.remove_children()
                self.mount(Static(plain_text(sentence), classes="sentence", markup=False))

    def _draw(self) -> None:
        figures = self.shown
        self.query_children(".sentence").remove()
        self.remove_class("-saying")
        self._stand_beside()
        self._set_edge("border_title", self._heading(figures))
        before, self._drawn = self._drawn, figures
        if [_kind(view.figure) for view in self.views] == [_kind(figure) for figure in figures]:
            for view, old, figure in zip(self.views, before, figures, strict=True):
                if not figure.is_same(old):
                    view.figure = figure
            return
        self._set_edge("border_subtitle", "")
        had_focus = self.has_focus_within
        self.query_children(FigureView).remove()
        views = [self.view_of(figure).framed(title=self._titles_inside) for figure in figures]
        for view in views:
            if isinstance(view, TableView):
                view.compact = self._lists
        self.mount_all(views)
        if had_focus:
            views[0].focus(scroll_visible=False)

    def view_of(self, figure: Figure) -> FigureView[Any]:
        """A new widget for a figure."""
        return view_of(figure)

    def _set_edge(self, which: Literal["border_title", "border_subtitle"], text: str) -> None:
        """Textual would draw the whole panel again for a word in its frame."""
        if text == self._edges[which]:
            return
        self._edges[which] = text
        left, top = self.content_offset
        y = 0 if which == "border_title" else self.outer_size.height - 1
        self._changed_edge = (Region(-left, y - top, self.outer_size.width, 1),) if self.size else ()
        setattr(self, which, Content(text))
        self._changed_edge = ()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        return super().refresh(*(regions or self._changed_edge), repaint=repaint, layout=layout, recompose=recompose)

    def on_resize(self) -> None:
        self.post_message(self.Resized(self))
        self._stand_beside()
        if self.shown:
            self._set_edge("border_title", self._heading(self.shown))

    def _stand_beside(self) -> None:
        """Two figures beside each other, unless they are much larger one below the other, or too narrow."""
        width, height = self.size.width / 2, self.size.height  # a character is about twice as high as wide
        fit = all(_least_width(figure) <= width for figure in self.shown)
        pays = _MUCH * min(width / 2, height) >= min(width, height / 2)
        self.set_class(len(self.shown) > 1 and fit and pays, "-beside")
        for view in self.views:
            view.framed(title=self._titles_inside)

    @property
    def _titles_inside(self) -> bool:
        """Whether each figure has its title over it: those beside each other have theirs in the frame."""
        return len(self.shown) > 1 and not self.has_class("-beside")

    def _heading(self, figures: Shown) -> str:
        """The title, cut where it must be, and which of the figures this is."""
        titles = [self._title] if self._titles_inside else [plain_text(figure.title) for figure in figures]
        which = f"  m {self._chosen + 1}/{len(self._choices)}" if len(self._choices) > 1 else ""
        room = (self.size.width or _WHOLE) // len(titles)
        *before, last = titles
        parts = [f"{shorten_at_word(title, room - 2)} ".ljust(room - 1, "─") + " " for title in before]
        return "".join([*parts, shorten_at_word(last, room - len(which) - _BESIDE_TITLE), which])

    @on(FigureView.Chosen)
    def _choose(self, event: FigureView.Chosen) -> None:
        """Where nothing lies behind what was chosen, the panel itself comes closer."""
        if not self.opens:
            event.stop()
            self.action_zoom()

    @on(FigureView.ReadOut)
    def _read_out(self, event: FigureView.ReadOut) -> None:
        self._set_edge("border_subtitle", plain_text(event.text))

    @property
    def can_turn(self) -> bool:
        """Whether it has several figures to turn through."""
        return len(self._choices) > 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "turn" or self.can_turn

    def action_turn(self, by: int) -> None:
        """The next or previous of the figures that it can show."""
        self._chosen = (self._chosen + by) % len(self._choices)
        self._turned_to = self.shown[0].name
        self._draw()

    def action_explain(self) -> None:
        """What the panel shows: its definition, null, denominator and source."""
        self.app.push_screen(HelpBox(explanation(self.shown)))

    def action_copy(self) -> None:
        """The value under the cursor, or else the figure as text, also over SSH."""
        view = next((view for view in self.views if view.has_focus), None)
        text = (view and view.cursor_text) or as_text(self.shown)
        self.app.copy_to_clipboard(text)
        note = f"Copied: {without_middle(text.splitlines()[0], 60)}" if text else "Nothing to copy."
        self.notify(note, markup=False)

    def action_zoom(self) -> None:
        """Fill the screen; Escape comes back."""
        if self.screen.maximized is None:
            self.screen.maximize(self)


def _least_width(figure: Figure) -> int:
    """Cells for the names of a matrix' rows and columns; none for what can be drawn as narrow as it must be."""
    if not isinstance(figure, Matrix):
        return 0
    return max(map(cell_len, figure.row_labels), default=0) + sum(map(cell_len, figure.column_labels))


def _kind(figure: Figure) -> tuple[type[Figure], str]:
    return type(figure), figure.name
