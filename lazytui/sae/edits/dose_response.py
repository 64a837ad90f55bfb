"""The dose-response of features: an edit at each of many strengths. Readable without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lazytui.sae.edits.interventions import Edit

FACTORS = tuple(step / 10 for step in range(31))
"""From none of a feature to three times as much; 1 is the feature as it is."""

DoseSplit = Literal["easy", "hard", "drawn"]
"""Whose images are looked at; drawn: those that were kept of `ask`, newest first."""

UNCHANGED = FACTORS.index(1.0)
"""The step of FACTORS that changes nothing, where features are scaled."""


@dataclass(frozen=True)
class Dose:
    """What is done to the features of an image.

    features: those in question. how: `scale` takes each `factor` times as active as it is, `steer` puts each at
    `factor` times its typical strength whatever it was, `swap` takes them out and puts `into` there, at `factor` times
    their typical strength.
    """

    features: tuple[int, ...] = ()
    factor: float = 1.0
    how: Literal["scale", "steer", "swap"] = "scale"
    into: tuple[int, ...] = ()

    @property
    def step(self) -> int:
        """The nearest of FACTORS."""
        return min(max(round(self.factor / FACTORS[1]), 0), len(FACTORS) - 1)

    def moved_by(self, by: int) -> Dose:
        """So many steps of FACTORS on, as far as there are steps."""
        return replace(self, factor=FACTORS[min(max(self.step + by, 0), len(FACTORS) - 1)])

    def edit(self, strength: NDArray[np.float64]) -> Edit:
        """The same as an edit. strength: (n,), what is typical of each feature. Imports torch."""
        from lazytui.sae.edits.interventions import scaling_edit, steering_edit, swap_edit

        match self.how:
            case "scale":
                return scaling_edit(self.features, self.factor)
            case "steer":
                return steering_edit(self.features, self._typical(self.features, strength))
            case "swap":
                return swap_edit(self.features, self.into, self._typical(self.into, strength))

    def _typical(self, features: tuple[int, ...], strength: NDArray[np.float64]) -> list[float]:
        return [self.factor * float(strength[feature]) for feature in features]
