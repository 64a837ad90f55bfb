"""One comparison: two ways to do the same work, timed in turn in one process, so that noise hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """ours, peer: median seconds; asked: the ratio peer / ours to reach (at most 1 / limit where slower is allowed)."""

    name: str
    ours: float
    peer: float
    asked: float

    @property
    def value(self) -> float:
        return self.peer / self.ours


def in_turn(
    name: str, ours: Callable[[], object], peer: Callable[[], object], *, asked: float, repeats: int = 5
) -> Ratio:
    """Time both in turn `repeats` times, after one unmeasured call each, and keep the medians."""
    ours()
    peer()
    seconds = [(_seconds(ours), _seconds(peer)) for _ in range(repeats)]
    return Ratio(name, statistics.median(s[0] for s in seconds), statistics.median(s[1] for s in seconds), asked)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
