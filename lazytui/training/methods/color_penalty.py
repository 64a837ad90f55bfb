"""Color penalty: the features shall make the adversary's guess of the color bad (study E)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.training.methods.base import MethodEntry, Penalty
from lazytui.training.methods.parts.against_adversary import ADVERSARY_ACCURACY
from lazytui.training.methods.parts.rising_penalty import PENALTY_WEIGHT, RisingPenalty, RisingPenaltyOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(RisingPenaltyOptions):
    penalty: Penalty = 0.5


class ColorPenalty(RisingPenalty):
    """CE - weight * min(CE of the color, ln k), k colors.

    Beyond ln k, what guessing blindly costs, nothing is gained, since the penalty would have no bound otherwise. It is
    the batch's mean that is clamped: near ln k batches that are above by chance pull no more.
    """

    options: Options

    def penalty_term(self, features: Tensor, batch: Batch) -> Tensor:
        return -self._adversary.loss(features, batch).clamp(max=math.log(len(self.context.content.values)))


ENTRY = MethodEntry(
    "color-penalty",
    "The features are rewarded for the adversary's error about the attribute.",
    ColorPenalty,
    source="study E",
    options=Options,
    reads=("attribute labels",),
    length_matters="color-penalty's weight rises over the first half of the training",
    signals={**ADVERSARY_ACCURACY, **PENALTY_WEIGHT},
    varies="the weight of the penalty rises over the first half",
)
