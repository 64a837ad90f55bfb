"""Reweighting: every digit in every color counts the same (inverse-frequency weights)."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.groups import cells, share_evenly, share_of


class Reweighting(Method):
    """The mean of w CE, w = 1 / n(digit, color) scaled to 1 on average over the training split."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.weights = share_evenly(cells(bench.digits, bench.colors))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = cross_entropy(self.bench.model(batch.images), batch.digits, reduction="none")
        return (self.weights[batch.indices] * each).mean()

    def signals(self) -> Mapping[str, float]:
        return {"conflicting_weight": share_of(self.bench.conflicting, self.weights)}
