"""Jitter consistency: the same answer in other colors (study A). Bends the rules: it paints training images anew."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.color_jitter import ColorJitter


class JitterConsistency(Method):
    """CE(x) + CE(x') + penalty * the mean of KL(p, p') and KL(p', p); x' is x in jittered colors."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._jitter = ColorJitter.chosen(bench)
        self._disagreement = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:
        jittered = self._jitter(batch.images, self.bench.step_generator(step))
        logits, logits_jittered = self.bench.model(torch.cat((batch.images, jittered))).float().chunk(2)
        disagreement = symmetric_divergence(logits, logits_jittered)
        self._disagreement = disagreement.detach()
        fit = cross_entropy(logits, batch.digits) + cross_entropy(logits_jittered, batch.digits)
        return fit + self.bench.option("penalty") * disagreement

    def signals(self) -> Mapping[str, float]:
        return {"disagreement": float(self._disagreement)}


def symmetric_divergence(logits: Tensor, others: Tensor) -> Tensor:
    """Two (n, 10) -> scalar: the mean over images of (KL(p, q) + KL(q, p)) / 2 = sum (p - q) (log p - log q) / 2."""
    one, other = logits.log_softmax(1), others.log_softmax(1)
    return ((one.exp() - other.exp()) * (one - other)).sum(1).mean() / 2
