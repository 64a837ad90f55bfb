"""Training against the color adversary: the digit's loss, and what the adversary's reading of the features adds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.adversary import Adversary, split_model
from lazytui.training.methods.base import Bench, Method


class AgainstAdversary(Method):
    """Cross-entropy + `unlearning`; before each step of the model its adversary has taken its own."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._adversary = Adversary(bench)
        self._accuracy = torch.zeros((), device=bench.hardware.device)

    @abstractmethod
    def unlearning(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        """The scalar that drives the color out of the batch's features, (n, d)."""

    def loss(self, batch: Batch, step: int) -> Tensor:
        features = self._model.features(batch.images)
        with torch.autocast(features.device.type, enabled=False):
            precise = features.float()
            self._accuracy = self._adversary.learn(precise, batch)
            unlearning = self.unlearning(precise, batch, step)
        return cross_entropy(self._model.head(features), batch.digits) + unlearning

    def signals(self) -> Mapping[str, float]:
        return {"adversary_accuracy": float(self._accuracy)}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "adversary": self._adversary.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._adversary.load_state_dict(state["adversary"])
