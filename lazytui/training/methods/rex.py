"""Risk extrapolation: the same risk in every environment (V-REx, Krueger et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.environments import (
    INVARIANCE_PENALTY,
    InvarianceOptions,
    InvariantRisk,
    environment_risks,
)

if TYPE_CHECKING:
    from torch import Tensor


class RiskExtrapolation(InvariantRisk):
    """The mean of R_e + penalty * the variance of R_e over environments, both of the batch's risks as published.

    The variance counts the risks' own errors, too. An estimate without that bias rewards losses that scatter within an
    environment, and trainings broke down on it: of three on MNIST, 10 epochs each, one ended at chance.
    """

    def risk_and_penalty(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        risks = environment_risks(logits, digits, environments)
        return risks.mean(), risks.var(correction=0)


ENTRY = MethodEntry(
    "rex",
    "Risk extrapolation: the same risk in every environment.",
    RiskExtrapolation,
    source="Krueger 2021; study D",
    options=InvarianceOptions,
    control="resample",
    reads=("group labels",),
    length_matters="rex's penalty gets its weight at half of the training at the latest",
    signals=INVARIANCE_PENALTY,
    varies="the penalty gets its weight in the course of the training",
)
