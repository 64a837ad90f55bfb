"""Risk extrapolation: the same risk in every environment (V-REx, Krueger et al. 2021)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.training.methods.environments import InvariantRisk, mean_risk, variance_of_means


class RiskExtrapolation(InvariantRisk):
    """The mean of R_e + penalty * the variance of R_e over environments."""

    def terms(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        each = cross_entropy(logits, digits, reduction="none")
        return mean_risk(logits, digits, environments), variance_of_means(each, environments)
