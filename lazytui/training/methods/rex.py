"""Risk extrapolation: the same risk in every environment (V-REx, Krueger et al. 2021)."""

from __future__ import annotations

from torch import Tensor

from lazytui.training.methods.environments import InvariantRisk, environment_risks


class RiskExtrapolation(InvariantRisk):
    """The mean of R_e + penalty * the variance of R_e over environments."""

    def terms(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        risks = environment_risks(logits, digits, environments)
        return risks.mean(), risks.var(correction=0)
