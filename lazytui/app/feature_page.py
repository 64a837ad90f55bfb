"""The page of one feature: what it is active on, what it says, and what a person calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.feature_browser import told
from lazytui.analyses.feature_labels import Labels, read_labels, set_label
from lazytui.analyses.sae_page import page
from lazytui.app.asking import AskText
from lazytui.app.figures import FigureView, swap
from lazytui.app.place import Place
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder
from lazytui.runs.result import Result

TWO_COLUMNS = 170
"""Columns from which on figures stand side by side."""


class FeaturePage(Place):
    """Lies over the table that it was opened from, until Escape."""

    name_of_place = "features"
    DEFAULT_CSS = """
    FeaturePage #where { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    FeaturePage #page { height: 1fr; padding: 0 0 0 1; }
    FeaturePage #page > FigureView { margin: 0 0 1 0; }
    FeaturePage.-wide #page { layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 1 2; }
    FeaturePage.-wide #page > FigureView { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("n", "turn(1)", "Next feature"),
        Binding("p", "turn(-1)", "Feature before"),
        Binding("l", "label", "Label"),
        Binding("d", "dial", "Dial"),
        Binding("e", "export", "Export"),
    ]

    def __init__(
        self, run: RunFolder, result: Result, order: Sequence[int], at: int, dial: Callable[[int], None]
    ) -> None:
        """order: the features to turn through. at: where among them to begin. dial: opens the dial on one."""
        super().__init__()
        self._run = run
        self._found_by = run
        self._result = result
        self._order = order
        self._at = at
        self._dial = dial
        self._labels: Labels = {}

    def compose_place(self) -> ComposeResult:
        yield Static(id="where", markup=False)
        yield VerticalScroll(id="page", can_focus=False)

    def on_mount(self) -> None:
        self._read_labels()
        self._show()
        self.call_after_refresh(self._focus_first)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= TWO_COLUMNS, "-wide")

    @property
    def feature(self) -> int:
        return self._order[self._at]

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.query(FigureView)]

    def action_turn(self, by: int) -> None:
        """The feature after this one in the table, or before."""
        if 0 <= self._at + by < len(self._order):
            self._at += by
            self._show()

    def action_dial(self) -> None:
        """Turn this feature, on one image after the other."""
        self._dial(self.feature)

    def action_label(self) -> None:
        """Call this feature something, to find it by."""

        def take(text: str | None) -> None:
            if text is not None:
                self._call_it(text)

        question = f"What is feature {self.feature}? A few words to find it by; empty takes the label away."
        self.app.push_screen(AskText(question, self._labels.get(self.feature, "")), take)

    def _call_it(self, text: str) -> None:
        try:
            set_label(self._found_by, int(self._result.facts["features"]), self.feature, text)
        except LazytuiError as error:
            self.lab.say_error(error)
        self._read_labels()
        self._show()

    def _read_labels(self) -> None:
        try:
            self._labels = read_labels(self._found_by)
        except LazytuiError as error:
            self.lab.say_error(error)

    def _show(self) -> None:
        try:
            figures, of = page(self._result, self.feature), told(self._result, self._labels, self.feature)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            figures, of = [], f"feature {self.feature}, whose page can't be drawn: the result isn't what its run makes"
        where = f"{of[:1].upper()}{of[1:]}, {self._at + 1} of {len(self._order)}. l labels it, d turns it."
        self.query_one("#where", Static).update(plain(where))
        swap(self.query_one("#page"), figures)

    def _focus_first(self) -> None:
        for view in self.query(FigureView).results():
            view.focus(scroll_visible=False)
            return
