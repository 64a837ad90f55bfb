"""A penalty against the color adversary that begins with nothing: features are learned before any is unlearned."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.training.methods.against_adversary import AgainstAdversary


class RisingPenalty(AgainstAdversary):
    """CE + weight * `penalized`; weight rises linearly to `penalty` over the first half."""

    largest_gradient = 1.0
    _weight = 0.0

    @abstractmethod
    def penalized(self, features: Tensor, batch: Batch) -> Tensor:
        """The scalar that shall become small."""

    def unlearning(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        self._weight = self.bench.option("penalty") * min(1.0, 2 * step / self.bench.total_steps)
        return self._weight * self.penalized(features, batch)

    def signals(self) -> Mapping[str, float]:
        return {**super().signals(), "penalty_weight": self._weight}
