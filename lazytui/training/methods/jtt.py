"""Just train twice: what a briefly trained network gets wrong is drawn more often (Liu et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.dataset_predictions import predictions
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT
from lazytui.training.methods.parts.two_phases import TwoPhaseOptions, TwoPhases

if TYPE_CHECKING:
    from torch import Tensor


class Options(TwoPhaseOptions):
    upweight: float = Field(
        20.0, ge=1, le=1e6, description="Factor by which the first network's errors are drawn more often."
    )


class JustTrainTwice(TwoPhases):
    """Part 1 is what the first network got wrong; it is drawn `upweight` times as often."""

    options: Options

    def assign_parts(self) -> Tensor:
        return (predictions(self.context) != self.context.labels).long()

    def weights(self) -> Tensor:
        return 1 + (self.options.upweight - 1) * self.parts.float()


ENTRY = MethodEntry(
    "jtt",
    "Just train twice: the errors of a briefly trained network are drawn more often.",
    JustTrainTwice,
    source="Liu 2021; study C",
    options=Options,
    signals=CONFLICTING_WEIGHT,
    varies="a second network starts during the training",
)
