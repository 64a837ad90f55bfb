"""Invariant risk minimization: no environment would have the logits scaled otherwise (Arjovsky et al. 2019)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Batch
from lazytui.training.methods.environments import (
    InvariantRisk,
    environment_risks,
    scale_gradients,
    squared_means,
)
from lazytui.training.optimizers import make_optimizer


class InvariantRiskMinimization(InvariantRisk):
    """sum_e R_e + penalty * sum_e (dR_e / d scale)^2 (IRMv1); Adam forgets when the weight jumps."""

    def terms(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        gradients = scale_gradients(logits.log_softmax(1), digits)
        risks = environment_risks(cross_entropy(logits, digits, reduction="none"), environments)
        return risks.sum(), squared_means(gradients, environments).sum()

    def step(self, batch: Batch, step: int) -> Tensor:
        if step == self.annealed:
            self.optimizer = make_optimizer(self.bench.model.parameters(), self.bench.settings)
        return super().step(batch, step)
