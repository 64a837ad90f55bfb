"""Whether a measured accuracy reproduces the reported one, differs from it or contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["reproduced", "differs", "contradicts"]


class Tolerance(BaseModel):
    """In points of a percentage. within: reproduced. contradicts: too far for any excuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within: float
    contradicts: float

    def verdict(self, distances: Mapping[str, float]) -> Verdict:
        """From how far each metric lies from what was reported; the farthest decides."""
        farthest = max(distances.values())
        if farthest <= self.within:
            return "reproduced"
        return "contradicts" if farthest > self.contradicts else "differs"
