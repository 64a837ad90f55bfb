"""What another program receives of a run: points of its curves while it goes, and what it found when it is done."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Point:
    """Metrics at a step. when: seconds since the epoch."""

    step: int
    values: Mapping[str, float]
    when: float


class RunLog(Protocol):
    """One of these programs, open while a run goes."""

    def point(self, point: Point) -> None: ...

    def void_after(self, step: int) -> None:
        """The work goes on from `step`: later points come again."""

    def result(self, metrics: Mapping[str, float], pictures: Mapping[str, bytes]) -> None:
        """pictures: figures as .png, by name."""

    def close(self) -> None: ...


def defined(values: Mapping[str, float | None], left_out: Collection[str] = ()) -> dict[str, float]:
    """The finite ones of those that are sent."""
    return {
        name: float(value)
        for name, value in values.items()
        if value is not None and math.isfinite(value) and name not in left_out
    }
