"""Logit correction: the head need not say what a biased network says already (Liu et al. 2023)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.biased_network import BesideBiased, Q, generalized_cross_entropy
from lazytui.training.methods.parts.groups import cells, group_means

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.device_split import Batch

_LEAST = 1e-4
"""What is added to the prior, so that its logarithm is defined."""


class Options(MethodOptions):
    q: Q = 0.7
    prior_decay: float = Field(0.995, ge=0, lt=1, description="Decay of the moving average that estimates the prior.")
    ramp_steps: int = Field(0, ge=0, description="Steps until images are mixed evenly; 0: from the beginning.")


class LogitCorrection(BesideBiased):
    """CE of z + log(P[:, a] + 1e-4) for the model and the generalized CE for a biased network b beside it.

    a is b's prediction, P[y, a] a moving average of p_b(y|x) over samples of label y that b takes for a. The model's
    images are mixed within their class, with those that b gets wrong where the batch has any (group mixup), and so are
    the columns of P. At the end the logits stand alone. b learns at a tenth of the model's rate.
    """

    options: Options
    biased_rate = 0.1

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._classes = len(context.content.classes)
        self.prior = torch.zeros(self._classes, self._classes, device=context.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:
        biased = self.biased(batch.images).float()
        predicted = biased.detach().argmax(1)
        self._update_prior(biased.detach().softmax(1), batch.labels, predicted)
        generator = self.context.step_generator(step)
        partners = draw_conflicting(batch.labels, predicted, generator)
        share = self._share(step, generator)
        images = share * batch.images + (1 - share) * batch.images[partners]
        prior = share * self.prior[:, predicted].T + (1 - share) * self.prior[:, predicted[partners]].T
        corrected = corrected_cross_entropy(self.context.model(images).float(), prior, batch.labels)
        each = functional.cross_entropy(biased, batch.labels, reduction="none")
        return corrected.mean() + generalized_cross_entropy(each, self.options.q).mean()

    def _share(self, step: int, generator: Generator) -> Tensor:
        """How much of its own image each keeps: one number a batch, uniform in (1 - 2t, 1 - t)."""
        most = mixing_range(step, self.options.ramp_steps)
        return 1 - 2 * most + most * torch.rand((), generator=generator, device=generator.device)

    def _update_prior(self, probabilities: Tensor, labels: Tensor, predicted: Tensor) -> None:
        """A cell's first value counts whole."""
        right = probabilities.gather(1, labels[:, None])[:, 0]
        means, there = group_means(right, cells(labels, predicted, self._classes), self._classes**2)
        means, there = means.view_as(self.prior), there.view_as(self.prior)
        decayed = torch.where(self.prior > 0, self.prior.lerp(means, 1 - self.options.prior_decay), means)
        self.prior = torch.where(there, decayed, self.prior)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "prior": self.prior}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.prior = state["prior"].to(self.prior.device)


def corrected_cross_entropy(logits: Tensor, prior: Tensor, labels: Tensor) -> Tensor:
    """(n,): cross-entropy of logits (n, classes) + log(prior + 1e-4). prior: (n, classes), no gradient goes there."""
    return functional.cross_entropy(logits + (prior.detach() + _LEAST).log(), labels, reduction="none")


def mixing_range(step: int, ramp_steps: int) -> float:
    """t = .5 exp(-5 (1 - step / ramp)^2), which is .5 after the ramp."""
    progress = min(step / ramp_steps, 1.0) if ramp_steps else 1.0
    return 0.5 * math.exp(-5 * (1 - progress) ** 2)


def draw_conflicting(labels: Tensor, predicted: Tensor, generator: Generator) -> Tensor:
    """(n,) int64: for each sample one of its class in the batch, of those that are predicted wrongly if there are any.

    labels, predicted: (n,) int64.
    """
    same_class = labels[:, None] == labels
    wrong = same_class & (predicted != labels)
    allowed = torch.where(wrong.any(1, keepdim=True), wrong, same_class)
    return torch.multinomial(allowed.float(), 1, generator=generator)[:, 0]


ENTRY = MethodEntry(
    "lc",
    "Logits are corrected by what a biased network beside the model says, and images mixed within their class.",
    LogitCorrection,
    source="Liu 2023",
    options=Options,
    varies="each draws other images to mix with",
)
