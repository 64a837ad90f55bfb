"""A screen over another one that asks a live session and draws its newest answer, until Escape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType

from lazytui.analyses.core.live_session import LiveAnswer, LiveSession
from lazytui.app.figures import FigureView
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.workers.newest_only import answering
from lazytui.figures.kinds import Figure

Q = TypeVar("Q")
A = TypeVar("A", bound=LiveAnswer)  # type: ignore[type-arg]


class LiveScreen(LabScreen, Generic[Q, A]):
    """question: what is to be answered. answer: the newest, also one that still grows; None before the first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def __init__(self, session: LiveSession[Q, A], question: Q) -> None:
        """question: to begin with."""
        super().__init__()
        self._session = session
        self.question = question
        self.answer: A | None = None

    def on_mount(self) -> None:
        self._newest = answering(self, self._session.answers, self._receive, group="live")
        self._newest.ask(self.question)

    def on_unmount(self) -> None:
        self._newest.leave()

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.query(FigureView)]

    def ask(self, question: Q) -> None:
        """Ask another question; the same one again changes nothing."""
        if question != self.question:
            self.question = question
            self._newest.ask(question)

    def _receive(self, answer: A) -> None:
        if self.is_attached:
            self.show_answer(answer)

    def show_answer(self, answer: A) -> None:
        """Draw what has come."""
        raise NotImplementedError
