"""Color made uniform: whoever reads the color from the features shall find all alike (after Tzeng et al. 2015)."""

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
    penalty: Penalty = 0.2


class ColorUniform(RisingPenalty):
    """CE + weight * KL(the adversary's guess of the color, uniform), which is never more than ln k of k colors.

    Weaker than rewarding errors: a guess that is wrong and sure is drawn back over the border to the right color.
    """

    options: Options

    def penalty_term(self, features: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return divergence_from_uniform(self._adversary.network(features))


def divergence_from_uniform(logits: Tensor) -> Tensor:
    """(n, k) -> scalar in [0, ln k]: the mean of ln k less the entropy of the guess."""
    guess = logits.float().log_softmax(1)
    return math.log(logits.shape[1]) + (guess.exp() * guess).sum(1).mean()


ENTRY = MethodEntry(
    "color-uniform",
    "Features from which the adversary predicts each value alike. Usually weaker than grl and color-penalty.",
    ColorUniform,
    source="after Tzeng 2015",
    options=Options,
    reads=("attribute labels",),
    length_matters="color-uniform's weight rises over the first half of the training",
    signals={**ADVERSARY_ACCURACY, **PENALTY_WEIGHT},
    varies="the weight of the penalty rises over the first half",
)
