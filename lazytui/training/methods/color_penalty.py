"""Color penalty: the features shall make the adversary's guess of the color bad (study E)."""

from __future__ import annotations

import math

from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.models.architectures.classifier import CLASSES
from lazytui.training.methods.rising_penalty import RisingPenalty


class ColorPenalty(RisingPenalty):
    """CE - weight * min(CE of the color, ln 10).

    Beyond ln 10, what guessing blindly costs, nothing is gained, since the penalty would have no bound otherwise. It is
    the batch's mean that is clamped: near ln 10 batches that are above by chance pull no more.
    """

    def penalized(self, features: Tensor, batch: Batch) -> Tensor:
        return -self._adversary.loss(features, batch).clamp(max=math.log(CLASSES))
