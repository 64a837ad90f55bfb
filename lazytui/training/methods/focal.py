"""Focal loss: what is already right counts less (Lin et al. 2017; study A). Expected to fail: color makes it right."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Method


class FocalLoss(Method):
    """The mean of (1 - p)^gamma CE, p being the probability of the right digit."""

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = cross_entropy(self.bench.model(batch.images), batch.digits, reduction="none")
        wrong = (1 - (-each).exp()).clamp(min=1e-12)  # the root of 0, where gamma is under 1, has no gradient
        return (wrong ** self.bench.option("gamma") * each).mean()
