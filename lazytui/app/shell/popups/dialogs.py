"""Small questions over a screen: yes or no, or a line of text. Escape takes them back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lazytui.app.form.searched_list import Pickable, SearchedList, SearchedListScreen, Signs
from lazytui.plain_text import plain_text
from lazytui.runs.human_names import human_name
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

_AROUND = 6
"""Lines of a question's frame, of the question and of the hint below it."""


class Ask(ModalScreen[bool]):
    """Answers True on y, False on n or Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes"),
        Binding("escape", "dismiss(False)", "No", id="back"),
        Binding("n", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Static(plain_text(self._question), markup=False)
            yield Static("y yes   n no", classes="hint", markup=False)


class AskText(ModalScreen[str | None]):
    """Answers the text on Enter, None on Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="back")]

    def __init__(self, question: str, text: str = "") -> None:
        super().__init__()
        self._question = question
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Static(plain_text(self._question), markup=False)
            yield Input(self._text, compact=True)
            yield Static("Enter: apply, Esc: cancel", classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class AskRun(SearchedListScreen[RunFolder | None]):
    """Answers the run that is chosen; None on Escape. marked: those that were chosen before."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="back")]

    def __init__(self, question: str, lines: Sequence[RunLine], marked: Collection[RunFolder] = ()) -> None:
        super().__init__()
        self._question = question
        self._lines = {line.run.reference: line for line in reversed(lines)}
        self._marked = [run.reference for run in marked]

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Static(self._question, markup=False)
            offered = [Pickable(key, line.description, human_name(line)) for key, line in self._lines.items()]
            yield SearchedList(offered, self._answer, marked=self._marked, signs=Signs())
            yield Static("Type to search, Enter: choose, Esc: cancel", classes="hint", markup=False)

    def on_resize(self, event: Resize) -> None:
        """As high as there is room for beside the question and the hint."""
        self.query_one(SearchedList).styles.max_height = max(event.size.height * 4 // 5 - _AROUND, 4)

    def _answer(self, reference: str) -> None:
        self.dismiss(self._lines[reference].run)
