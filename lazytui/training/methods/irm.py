"""Invariant risk minimization: no environment would have the logits scaled otherwise (Arjovsky et al. 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.environments import (
    INVARIANCE_PENALTY,
    InvarianceOptions,
    InvariantRisk,
    mean_risk,
    scale_gradients,
    squared_means,
)
from lazytui.training.optimizers import make_optimizer

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class InvariantRiskMinimization(InvariantRisk):
    """The mean over environments of R_e + penalty * (dR_e / d scale)^2; Adam forgets when the weight jumps.

    IRMv1 has the sum, its authors' code the mean as here: twice the loss, with the same minimum. The mean is on the
    scale of every other method's loss, so that a learning rate of sgd means the same to all.

    The square of a batch's mean is on average the square of the true mean plus the variance / n, which an invariant
    network would pay for. So the square is estimated without bias: below 0 in some batches, on average true.

    That estimate is noisy at the usual 64 images a batch, so the default penalty is 10: at 100 the noise outweighs the
    risk and trainings break down (MNIST, 10 epochs: 58 % hard; about 95 % at 10).
    """

    def risk_and_penalty(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        gradients = scale_gradients(logits.log_softmax(1), digits)
        return mean_risk(logits, digits, environments), squared_means(gradients, environments).mean()

    def step(self, batch: Batch, step: int) -> Tensor:
        if step == self.annealed:
            self.optimizer = make_optimizer(self.context.model.parameters(), self.context.settings)
        return super().step(batch, step)


ENTRY = MethodEntry(
    "irm",
    "Invariant risk minimization: one classifier that is optimal in every environment.",
    InvariantRiskMinimization,
    source="Arjovsky 2019; study D",
    options=InvarianceOptions,
    control="resample",
    reads=("group labels",),
    length_matters="irm's penalty gets its weight at half of the training at the latest",
    signals=INVARIANCE_PENALTY,
    varies="the penalty gets its weight in the course of the training",
)
