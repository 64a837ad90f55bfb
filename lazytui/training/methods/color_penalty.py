"""Color penalty: the features shall make the adversary's guess of the color bad (study E)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor

from lazytui.data.resident import Batch
from lazytui.models.classifier import CLASSES
from lazytui.training.methods.against_adversary import AgainstAdversary


class ColorPenalty(AgainstAdversary):
    """CE - weight * min(CE of the color, ln 10); weight rises linearly to `penalty` over the first half.

    Beyond ln 10, what guessing blindly costs, nothing is gained, since the penalty would have no bound otherwise.
    """

    largest_gradient = 1.0
    _weight = 0.0

    def unlearning(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        self._weight = self.bench.option("penalty") * min(1.0, 2 * step / self.bench.total_steps)
        return -self._weight * self._adversary.loss(features, batch).clamp(max=math.log(CLASSES))

    def signals(self) -> Mapping[str, float]:
        return {**super().signals(), "penalty_weight": self._weight}
