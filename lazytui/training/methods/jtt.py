"""Just train twice: what a briefly trained network gets wrong is drawn more often (Liu et al. 2021)."""

from __future__ import annotations

from torch import Tensor

from lazytui.training.methods.dataset_predictions import predictions
from lazytui.training.methods.two_phases import TwoPhases


class JustTrainTwice(TwoPhases):
    """Part 1 is what the first network got wrong; it is drawn `upweight` times as often."""

    def divide(self) -> Tensor:
        return (predictions(self.bench) != self.bench.digits).long()

    def weights(self) -> Tensor:
        return 1 + (self.bench.option("upweight") - 1) * self.parts.float()
