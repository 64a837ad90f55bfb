"""Color made uniform: whoever reads the color from the features shall find all ten alike (after Tzeng et al. 2015)."""

from __future__ import annotations

import math

from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.models.architectures.classifier import CLASSES
from lazytui.training.methods.rising_penalty import RisingPenalty


class ColorUniform(RisingPenalty):
    """CE + weight * KL(the adversary's guess of the color, uniform), which is never more than ln 10.

    Weaker than rewarding errors: a guess that is wrong and sure is drawn back over the border to the right color.
    """

    def penalized(self, features: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return divergence_from_uniform(self._adversary.network(features))


def divergence_from_uniform(logits: Tensor) -> Tensor:
    """(n, 10) -> scalar in [0, ln 10]: the mean of ln 10 less the entropy of the guess."""
    guess = logits.float().log_softmax(1)
    return math.log(CLASSES) + (guess.exp() * guess).sum(1).mean()
