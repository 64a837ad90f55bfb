"""Color made uniform: whoever reads the color from the features shall find all ten alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Batch
from lazytui.models.classifier import CLASSES
from lazytui.training.methods.adversary import Adversary, split_model
from lazytui.training.methods.base import Bench, Method


class ColorUniform(Method):
    """CE + penalty * KL(the adversary's guess of the color, uniform), which is never more than ln 10."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._adversary = Adversary(bench)
        self._accuracy = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features = self._model.features(batch.images)
        self._accuracy = self._adversary.learn(features, batch)
        told = divergence_from_uniform(self._adversary.network(features))
        return cross_entropy(self._model.head(features), batch.digits) + self.bench.option("penalty") * told

    def signals(self) -> Mapping[str, float]:
        return {"adversary_accuracy": float(self._accuracy)}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "adversary": self._adversary.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._adversary.load_state_dict(state["adversary"])


def divergence_from_uniform(logits: Tensor) -> Tensor:
    """(n, 10) -> scalar in [0, ln 10]: the mean of ln 10 less the entropy of the guess."""
    guess = logits.float().log_softmax(1)
    return math.log(CLASSES) + (guess.exp() * guess).sum(1).mean()
