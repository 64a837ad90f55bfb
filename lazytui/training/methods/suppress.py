"""Suppression: turn down the features that respond to color, turn up the rest (study A). Expected to be weak."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, one_hot

from lazytui.data.resident import Batch
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.look_back import features


class Suppression(Method):
    """Features of more color selectivity than the median x `damping`, the others x `boost`; asked again every so often.

    weight: (10, d), what is trained of the head; the model's head is weight x factors, so that the network that is kept
    computes what was trained.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._weight = nn.Parameter(self._model.head.weight.detach().clone())
        self._factors = torch.ones_like(self._weight[0])
        self.optimizer.add_param_group({"params": [self._weight]})

    def begin_epoch(self, epoch: int) -> None:
        if epoch % int(self.bench.option("every")) == 0:
            selective = color_selectivity(features(self.bench, self.bench.data.train), self.bench.colors)
            damped, boosted = self.bench.option("damping"), self.bench.option("boost")
            self._factors = torch.where(selective > selective.median(), damped, boosted)
            self._bring_over()

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features = self._model.features(batch.images)
        logits = linear(features, self._weight * self._factors, self._model.head.bias)
        return cross_entropy(logits, batch.digits)

    def step(self, batch: Batch, step: int) -> Tensor:
        loss = super().step(batch, step)
        self._bring_over()
        return loss

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "weight": self._weight.detach(), "factors": self._factors}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._factors.copy_(state["factors"])
        with torch.no_grad():
            self._weight.copy_(state["weight"])

    @torch.no_grad()
    def _bring_over(self) -> None:
        self._model.head.weight.copy_(self._weight * self._factors)


def color_selectivity(features: Tensor, colors: Tensor) -> Tensor:
    """(n, d) -> (d,): (max - mean) / std over the mean responses to each color, of those that occur."""
    one_of_each = one_hot(colors).float()
    counts = one_of_each.sum(0)
    responses = (one_of_each.T @ features)[counts > 0] / counts[counts > 0, None]
    return (responses.amax(0) - responses.mean(0)) / (responses.std(0, correction=0) + 1e-12)
