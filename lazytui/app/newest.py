"""Questions answered in one thread, the newest only: one that still waits is forgotten when another comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Newest(Generic[Q, A]):
    """answers: the answers to a question, as they grow; it runs in the thread. start: runs work in a thread.

    tell: takes each answer, in the thread too.
    """

    def __init__(
        self,
        answers: Callable[[Q], Iterator[A]],
        start: Callable[[Callable[[], None]], object],
        tell: Callable[[A], None],
    ) -> None:
        self._answers = answers
        self._start = start
        self._tell = tell
        self._lock = threading.Lock()
        self._waiting: Q | None = None
        self._at_work = False

    def ask(self, question: Q) -> None:
        """Returns at once. What is being answered is dropped at the next step of its answer."""
        with self._lock:
            self._waiting = question
            if self._at_work:
                return
            self._at_work = True
        self._start(self._work)

    def _work(self) -> None:
        try:
            while (question := self._taken()) is not None:
                for answer in self._answers(question):
                    if self._waiting is not None:
                        break
                    self._tell(answer)
        except BaseException:
            self._at_work = False
            raise

    def _taken(self) -> Q | None:
        with self._lock:
            question, self._waiting = self._waiting, None
            self._at_work = question is not None
            return question
