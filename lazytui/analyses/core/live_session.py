"""A live session: questions answered one at a time, between two key presses, with what was opened kept for the next."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from lazytui.errors import LazytuiError
from lazytui.runs.human_names import short_reference
from lazytui.runs.workspace import Workspace

Q = TypeVar("Q")

ELSEWHERE = (
    "Live answers need the network on this machine, and it is on another one. Start a run from the form instead: it "
    "runs there."
)


@dataclass(frozen=True, eq=False)
class LiveAnswer(Generic[Q]):
    """What is known so far. doing: what is being done now. refused: why there is no answer, in a sentence."""

    question: Q
    doing: str = ""
    refused: str = ""


A = TypeVar("A", bound=LiveAnswer)  # type: ignore[type-arg]


class LiveSession(ABC, Generic[Q, A]):
    """Networks, splits and layers that were opened for one question stay open for the next.

    command: the analysis that answers the same question without the app.
    """

    command: ClassVar[str]

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def answers(self, question: Q) -> Iterator[A]:
        """The answer as it grows: at once where all of it is open already. Imports torch.

        What is wrong with a question comes as a sentence in the last of them.
        """
        answer = self.empty_answer(question)
        if self.workspace.is_elsewhere:
            yield self.refuse(answer, ELSEWHERE)
            return
        try:
            for answer in self.partial_answers(question):
                yield answer
        except LazytuiError as error:
            yield self.refuse(answer, str(error))

    @abstractmethod
    def empty_answer(self, question: Q) -> A:
        """An answer without anything in it."""

    @abstractmethod
    def partial_answers(self, question: Q) -> Iterator[A]:
        """The answer, ever more of it. Raises LazytuiError where there is none."""

    @abstractmethod
    def run_values(self, question: Q) -> dict[str, object]:
        """What a run of `command` is asked, by option, to keep the same answer.

        Raises LazytuiError where no run gives it.
        """

    def refuse(self, answer: A, sentence: str) -> A:
        """The answer as far as it came, with the reason why it ends there."""
        return replace(answer, doing="", refused=sentence)


def opening_message(network: str) -> str:
    """What is being done while a network is opened; the first one waits for torch."""
    return f"opening {short_reference(network)} ..." if "torch" in sys.modules else "loading torch ..."
