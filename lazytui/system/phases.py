"""Where the time of long work goes: seconds by phase, measured where the work says which phase it is in."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass


class NoPhases:
    """Measures nothing: what work is handed that nobody asked to profile."""

    def phase(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return _NOTHING

    def wait_for(self, device: Callable[[], object]) -> None:
        """A function that returns when what was asked of a device is done; called at every change of the phase."""


_NOTHING = nullcontext()

NO_PHASES = NoPhases()


@dataclass
class Spent:
    """seconds: in a phase, without those that were spent in a phase within it. times: how often it was entered."""

    seconds: float = 0.0
    times: int = 0


class Phases(NoPhases):
    """Adds up seconds by phase; of a phase within another one they are the inner one's.

    A device computes asynchronously. So that a phase is charged for its own work, it is waited for wherever the
    phase changes, which makes the whole a little slower than it is unmeasured.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: in seconds, of which only differences mean something."""
        self.spent: dict[str, Spent] = {}
        self._clock = clock
        self._began = self._since = clock()
        self._within: list[str] = []
        self._wait: Callable[[], object] = _no_wait

    @property
    def seconds(self) -> float:
        """From the beginning until now, in phases or not."""
        return self._clock() - self._began

    def phase(self, name: str) -> AbstractContextManager[None]:
        return _Within(self, name)

    def wait_for(self, device: Callable[[], object]) -> None:
        self._wait = device

    def enter(self, name: str) -> None:
        self._charge()
        self._within.append(name)
        self.spent.setdefault(name, Spent()).times += 1

    def leave(self) -> None:
        self._charge()
        self._within.pop()

    def _charge(self) -> None:
        self._wait()
        now = self._clock()
        if self._within:
            self.spent[self._within[-1]].seconds += now - self._since
        self._since = now


class _Within:
    """Reusing a generator for this would cost a step of a small network as much as a phase of it."""

    def __init__(self, phases: Phases, name: str) -> None:
        self._phases, self._name = phases, name

    def __enter__(self) -> None:
        self._phases.enter(self._name)

    def __exit__(self, *_: object) -> None:
        self._phases.leave()


def _no_wait() -> None:
    pass
