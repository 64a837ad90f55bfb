"""Whether what is measured reproduces what was reported, differs from it or contradicts it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["reproduced", "differs", "contradicts"]
_FROM_WORST: tuple[Verdict, ...] = ("contradicts", "differs", "reproduced")


class Reported(BaseModel):
    """A reported number (low = high), a span, or a bound (the other end infinite). Shares are in percent."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    words: str

    def points_off(self, measured: float) -> float:
        """How far a measurement lies outside, in its own unit."""
        return max(self.low - measured, measured - self.high, 0.0)

    def factor_off(self, measured: float) -> float:
        """How many times too small or too large a measurement is: 1 inside, infinite where one of the two is 0."""
        if self.low <= measured <= self.high:
            return 1.0
        nearest = self.low if measured < self.low else self.high
        smaller, larger = sorted((measured, nearest))
        return larger / smaller if smaller > 0 else math.inf


def read_reported(raw: Any) -> Any:
    """`96.3`, `"94-96"`, `">95"` or `"<20"`."""
    text = str(raw)
    if bound := re.fullmatch(r"([<>])(\d+(?:\.\d+)?)", text):
        value = float(bound[2])
        low, high = (value, math.inf) if bound[1] == ">" else (-math.inf, value)
    elif span := re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", text):
        low, high = float(span[1]), float(span[2])
    else:
        low = high = float(text)
    return Reported(low=low, high=high, words=text)


class Tolerance(BaseModel):
    """How far off a share may be, in points of a percentage, and any other number, as a factor.

    within: reproduced. contradicts: too far for any excuse.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    within: float
    contradicts: float
    within_factor: float = 1.5
    contradicts_factor: float = 3.0

    def verdict(self, reported: Reported, measured: float, *, share: bool) -> Verdict:
        """share: whether both are shares, in percent."""
        off = reported.points_off(measured) if share else reported.factor_off(measured)
        within, contradicts = (
            (self.within, self.contradicts) if share else (self.within_factor, self.contradicts_factor)
        )
        if off <= within:
            return "reproduced"
        return "contradicts" if off > contradicts else "differs"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on several metrics together."""
    return min(verdicts, key=_FROM_WORST.index)
