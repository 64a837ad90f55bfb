"""Questions answered in one thread, the newest only: one that still waits is forgotten when another comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from textual.screen import Screen
from textual.worker import get_current_worker

Q = TypeVar("Q")
A = TypeVar("A")


class Newest(Generic[Q, A]):
    """answers: the answers to a question, as they grow; it runs in the thread. start: runs work in a thread.

    show: takes each answer, in the thread too. finishes: whether what is being answered is answered to its end when
    another question comes, where questions come faster than answers.
    """

    def __init__(
        self,
        answers: Callable[[Q], Iterator[A]],
        start: Callable[[Callable[[], None]], object],
        show: Callable[[A], None],
        *,
        finishes: bool = False,
    ) -> None:
        self._answers = answers
        self._start = start
        self._show = show
        self._finishes = finishes
        self._lock = threading.Lock()
        self._waiting: Q | None = None
        self._at_work = False
        self._is_closed = False

    def ask(self, question: Q) -> None:
        """Returns at once. What is being answered is dropped at the next step of its answer."""
        with self._lock:
            self._waiting = question
            if self._at_work:
                return
            self._at_work = True
        self._start(self._work)

    def close(self) -> None:
        """Nobody listens any more: what is being answered is dropped at the next step, and what waits at once."""
        with self._lock:
            self._is_closed, self._waiting = True, None

    def _work(self) -> None:
        """Answer until nothing waits; what failed is raised after that, so that no other question goes with it."""
        failure: Exception | None = None
        while (question := self._take_waiting()) is not None:
            try:
                self._answer(question)
            except Exception as error:  # raised below
                failure = error
        if failure:
            raise failure

    def _answer(self, question: Q) -> None:
        for answer in self._answers(question):
            if self._is_closed or (self._waiting is not None and not self._finishes):
                return
            self._show(answer)

    def _take_waiting(self) -> Q | None:
        with self._lock:
            question, self._waiting = self._waiting, None
            self._at_work = question is not None
            return question


def newest_answers(
    screen: Screen[Any],
    answers: Callable[[Q], Iterator[A]],
    show: Callable[[A], None],
    *,
    group: str,
    finishes: bool = False,
) -> Newest[Q, A]:
    """The same for a screen: its threads are workers of a group, `show` takes each answer on the screen's own."""

    def start(work: Callable[[], None]) -> None:
        screen.run_worker(work, thread=True, group=group, exit_on_error=False)

    def pass_on(answer: A) -> None:
        if not get_current_worker().is_cancelled:
            screen.app.call_from_thread(show, answer)

    return Newest(answers, start, pass_on, finishes=finishes)
