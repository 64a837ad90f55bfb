"""Gradient reversal: the features unlearn what an adversary reads the color from (Ganin et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.adversary import AdversaryOptions
from lazytui.training.methods.parts.against_adversary import ADVERSARY_ACCURACY, AgainstAdversary

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(AdversaryOptions):
    alpha: float = Field(0.5, ge=0, le=100, description="Strength of the gradient reversal at the end of training.")


class GradientReversal(AgainstAdversary):
    """Cross-entropy + the adversary's loss behind a layer that turns its gradient by -alpha, alpha rising linearly."""

    options: Options

    largest_gradient = 1.0
    _alpha = 0.0

    def unlearning_loss(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        self._alpha = self.options.alpha * step / self.context.total_steps
        return self._adversary.loss(reversed_gradient(features, self._alpha), batch)

    def signals(self) -> Mapping[str, float]:
        return {**super().signals(), "alpha": self._alpha}


def reversed_gradient(features: Tensor, alpha: float) -> Tensor:
    """The features themselves; what flows back through them is turned around and scaled by alpha (Ganin 2016)."""
    same = features.view_as(features)
    if same.requires_grad:
        same.register_hook(lambda gradient: -alpha * gradient)  # type: ignore[no-untyped-call]
    return same


ENTRY = MethodEntry(
    "grl",
    "Gradient reversal: features from which an adversary can't read the attribute.",
    GradientReversal,
    source="Ganin 2016; study E",
    options=Options,
    reads=("attribute labels",),
    length_matters="grl's reversal rises over the whole training",
    signals={
        **ADVERSARY_ACCURACY,
        "alpha": "Factor by which the adversary's gradient is reversed.",
    },
    varies="the reversal grows with every step",
)
