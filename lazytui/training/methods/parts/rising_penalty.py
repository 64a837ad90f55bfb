"""A penalty against the color adversary that begins with nothing: features are learned before any is unlearned."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.training.methods.base import Penalty
from lazytui.training.methods.parts.adversary import AdversaryOptions
from lazytui.training.methods.parts.against_adversary import AgainstAdversary

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


PENALTY_WEIGHT = {"penalty_weight": "The weight of the penalty, which rises over the first half."}
"""The signal of every such method, besides its adversary's."""


class RisingPenaltyOptions(AdversaryOptions):
    """Methods differ in the default of the penalty."""

    penalty: Penalty


class RisingPenalty(AgainstAdversary):
    """CE + weight * `penalty_term`; weight rises linearly to `penalty` over the first half."""

    options: RisingPenaltyOptions
    largest_gradient = 1.0
    _weight = 0.0

    @abstractmethod
    def penalty_term(self, features: Tensor, batch: Batch) -> Tensor:
        """The scalar that shall become small."""

    def unlearning_loss(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        self._weight = self.options.penalty * min(1.0, 2 * step / self.context.total_steps)
        return self._weight * self.penalty_term(features, batch)

    def signals(self) -> Mapping[str, float]:
        return {**super().signals(), "penalty_weight": self._weight}
