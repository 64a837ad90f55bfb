"""Environments between which color and digit agree differently, and what a classifier good in all must have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from lazytui.data.resident import Batch
from lazytui.errors import BadInput
from lazytui.models.classifier import CLASSES
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.groups import draw, group_means, share_evenly


class InvariantRisk(Method):
    """Two environments, drawn evenly: samples in their own digit's color, and samples in another's.

    Drawing them evenly counts conflicting samples more already. The penalty's weight is 1 for `anneal_steps`, half of
    the training at most, so that there is something to be invariant, then `penalty`.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.environments = bench.conflicting.long()
        if bench.conflicting.all() or not bench.conflicting.any():
            raise BadInput(
                f"The method {bench.settings.method} sets digits in their own color against digits in others, and the "
                "training data hold only one of these: use more images, or a bias between 0 and 1."
            )
        self.annealed = min(int(bench.option("anneal_steps")), bench.total_steps // 2)
        self._term = torch.zeros((), device=bench.hardware.device)

    @abstractmethod
    def terms(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        """The risk, and what varies between environments. logits: (n, 10); digits, environments: (n,) int64."""

    def order(self, epoch: int) -> Tensor:
        return draw(share_evenly(self.environments), self.bench.epoch_generator(epoch))

    def loss(self, batch: Batch, step: int) -> Tensor:
        logits = self.bench.model(batch.images).float()
        risk, term = self.terms(logits, batch.digits, self.environments[batch.indices])
        self._term = term.detach()
        return risk + self.penalty_weight(step) * term

    def penalty_weight(self, step: int) -> float:
        return self.bench.option("penalty") if step >= self.annealed else 1.0

    def signals(self) -> Mapping[str, float]:
        return {"invariance_penalty": float(self._term)}


def environment_risks(logits: Tensor, digits: Tensor, environments: Tensor) -> Tensor:
    """The mean cross-entropy of each environment that is in the batch: (e,)."""
    risks, there = group_means(cross_entropy(logits, digits, reduction="none"), environments, 2)
    return risks[there]


def scale_gradients(log_probabilities: Tensor, digits: Tensor) -> Tensor:
    """(n,): each sample's dCE(w z) / dw at w = 1, which is sum_k (p_k - [k = digit]) z_k.

    log_probabilities: (n, 10), z less a constant, which makes no difference.
    """
    wrong = log_probabilities.exp() - one_hot(digits, CLASSES)
    return (wrong * log_probabilities).sum(1)
