"""Plain training (empirical risk minimization): the shortcut is free to take."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Method


class PlainTraining(Method):
    """The mean cross-entropy of the batch."""

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        return cross_entropy(self.bench.model(batch.images), batch.digits)
