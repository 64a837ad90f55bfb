"""A screen that asks a live session, and draws its newest answer while it still grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from lazytui.analyses.core.live_session import LiveAnswer, LiveSession
from lazytui.app.changing_text import ChangingText
from lazytui.app.panels.panel import Panel
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.workers.newest_only import newest_answers
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text

Q = TypeVar("Q")
A = TypeVar("A", bound=LiveAnswer)  # type: ignore[type-arg]


class LiveScreen(LabScreen, Generic[Q, A]):
    """asked: the newest question; None before the first. answer: what is shown; None before the first.

    What is being done, or why there is no answer, stands in the line `#doing`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("G", "keep", "Keep", id="keep")]
    nothing_to_keep: ClassVar[str] = "Nothing is shown yet that could be kept."
    answers_late: ClassVar[bool] = False
    """Whether the answer to an earlier question is shown too, where questions come faster than answers."""

    def __init__(self, session: LiveSession[Q, A]) -> None:
        super().__init__()
        self._session = session
        self.last_question: Q | None = None
        self.answer: A | None = None
        self._newest = newest_answers(self, session.answers, self._receive, group="live", finishes=self.answers_late)

    def on_unmount(self) -> None:
        self._newest.close()

    def ask(self, question: Q) -> None:
        """Ask another question; the same one again changes nothing, unless it was refused."""
        if question != self.last_question or (self.answer and self.answer.refused):
            self.last_question = question
            self._newest.ask(question)

    def _receive(self, answer: A) -> None:
        if not self.is_attached or (answer.question is not self.last_question and not self.answers_late):
            return  # nobody waits for it any more
        before = self.answer
        if before and self.stays(before, answer):
            answer = replace(before, doing=answer.doing, refused="")
        self.answer = answer
        self.show_answer(before)

    def is_complete(self, answer: A) -> bool:
        """Whether an answer says what was asked, though it may still grow."""
        raise NotImplementedError

    def stays(self, shown: A, answer: A) -> bool:  # noqa: ARG002
        """Whether what is shown stays until an answer has more to show."""
        return False

    @property
    def answered_question(self) -> Q | None:
        """The question whose answer is shown; None as long as there is none to show."""
        return self.answer.question if self.answer and self.is_complete(self.answer) else None

    # Keeping it

    @property
    def question_to_keep(self) -> Q | None:
        """What a run would answer; None where nothing that could be kept is seen."""
        return self.answered_question

    def action_keep(self) -> None:
        """Run what is seen here in the background, so that it can be found again."""
        question = self.question_to_keep
        if question is None:
            self.notify(self.nothing_to_keep)
        else:
            self.keep(question)

    @work(thread=True, exit_on_error=False)
    def keep(self, question: Q) -> None:
        """Start the run of the analysis that answers a question without the app."""
        try:
            values = self._session.run_values(question)
        except LazytuiError as error:
            self.app.call_from_thread(self.lab.say_error, error)
        else:
            entered = {name: value for name, value in values.items() if value is not None}
            self.app.call_from_thread(self.start, self._session.command, entered, show=False)

    # Drawing

    def show_answer(self, before: A | None) -> None:  # noqa: ARG002
        """Draw the answer that has come. before: the one that was shown."""
        self.draw()

    def draw(self) -> None:
        """Draw the answer, if there is one."""
        raise NotImplementedError

    def sentence(self) -> str:
        """What is being done, or why there is no answer; empty where the answer is there."""
        return plain_text(self.answer.refused or self.answer.doing) if self.answer else ""

    def show_sentence(self) -> None:
        text = Content(plain_text(self.sentence(), newlines=True))
        self.query_one("#doing", ChangingText).set_text(text)


class LiveOverlay(LiveScreen[Q, A]):
    """Lies over the screen that it was opened from, until Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "keep", "Keep", id="run"),
        Binding("G", "keep", "Keep", id="keep", show=False),
        Binding("escape", "dismiss", "Back", id="back"),
    ]

    def __init__(self, session: LiveSession[Q, A], question: Q) -> None:
        """question: to begin with."""
        super().__init__(session)
        self._first_question = question

    @property
    def question(self) -> Q:
        """What is to be answered."""
        return self._first_question if self.last_question is None else self.last_question

    def on_mount(self) -> None:
        self.ask(self._first_question)

    def shown_figures(self) -> Sequence[Figure]:
        return [figure for panel in self.query(Panel) for figure in panel.shown]
