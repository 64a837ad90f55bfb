"""Color penalty: the features shall make the adversary's guess of the color bad (study E)."""

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


class ColorPenalty(Method):
    """CE - weight * min(CE of the color, ln 10); weight rises linearly to `penalty` over the first half.

    Beyond ln 10, what guessing blindly costs, nothing is gained, since the penalty would have no bound otherwise.
    """

    largest_gradient = 1.0

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._adversary = Adversary(bench)
        self._weight = 0.0
        self._accuracy = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:
        self._weight = self.bench.option("penalty") * min(1.0, 2 * step / self.bench.total_steps)
        features = self._model.features(batch.images)
        self._accuracy = self._adversary.learn(features, batch)
        blindness = self._adversary.loss(features, batch).clamp(max=math.log(CLASSES))
        return cross_entropy(self._model.head(features), batch.digits) - self._weight * blindness

    def signals(self) -> Mapping[str, float]:
        return {"adversary_accuracy": float(self._accuracy), "penalty_weight": self._weight}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "adversary": self._adversary.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._adversary.load_state_dict(state["adversary"])
