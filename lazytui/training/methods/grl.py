"""Gradient reversal: the features unlearn what an adversary reads the color from (Ganin et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.training.methods.against_adversary import AgainstAdversary


class GradientReversal(AgainstAdversary):
    """Cross-entropy + the adversary's loss behind a layer that turns its gradient by -alpha, alpha rising linearly."""

    largest_gradient = 1.0
    _alpha = 0.0

    def unlearning(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        self._alpha = self.bench.option("alpha") * step / self.bench.total_steps
        return self._adversary.loss(Reversed.apply(features, self._alpha), batch)

    def signals(self) -> Mapping[str, float]:
        return {**super().signals(), "alpha": self._alpha}


class Reversed(torch.autograd.Function):
    """The identity, whose gradient is turned around and scaled by alpha."""

    @staticmethod
    def forward(context: Any, features: Tensor, alpha: float) -> Tensor:
        context.alpha = alpha
        return features.view_as(features)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.alpha * gradients[0], None
