"""Suppression: turn down the features that respond to color, turn up the rest (study A). Expected to be weak."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from lazytui.data.device_split import Batch
from lazytui.data.painting import pure_patches
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.dataset_predictions import features


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
            selective = color_selectivity(features(self.bench, pure_patches(self.bench.data.params)))
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


def color_selectivity(responses: Tensor) -> Tensor:
    """(10, d) responses to pure colors -> (d,) in [0, 3]: (max - mean) / std.

    0 for features whose std is under a thousandth of the largest: what little they differ by isn't an answer to color.
    On biased images it would measure the digit as much, which is what their color tells.
    """
    spread = responses.std(0, correction=0)
    selectivity = (responses.amax(0) - responses.mean(0)) / (spread + 1e-12)
    return selectivity.where(spread >= _FLAT * spread.max(), 0.0)


_FLAT = 1e-3
