"""Gradient reversal: the features unlearn what an adversary reads the color from (Ganin et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Batch
from lazytui.training.methods.adversary import Adversary, split_model
from lazytui.training.methods.base import Bench, Method


class GradientReversal(Method):
    """Cross-entropy + the adversary's loss behind a layer that turns its gradient by -alpha, alpha rising linearly."""

    largest_gradient = 1.0

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._full_alpha = bench.option("alpha")
        self._model = split_model(bench)
        self._adversary = Adversary(bench)
        self._alpha = 0.0
        self._accuracy = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:
        self._alpha = self._full_alpha * step / self.bench.total_steps
        features = self._model.features(batch.images)
        self._accuracy = self._adversary.learn(features, batch)
        turned = Reversed.apply(features, self._alpha)
        return cross_entropy(self._model.head(features), batch.digits) + self._adversary.loss(turned, batch)

    def signals(self) -> Mapping[str, float]:
        return {"adversary_accuracy": float(self._accuracy), "alpha": self._alpha}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "adversary": self._adversary.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._adversary.load_state_dict(state["adversary"])


class Reversed(torch.autograd.Function):
    """The identity, whose gradient is turned around and scaled by alpha."""

    @staticmethod
    def forward(context: Any, features: Tensor, alpha: float) -> Tensor:
        context.alpha = alpha
        return features.view_as(features)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.alpha * gradients[0], None
