"""Gradient extrapolation: beyond a less biased batch, away from a more biased one (Asaad et al. 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.dataset_predictions import log_probabilities
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal
from lazytui.training.methods.parts.two_phases import TwoPhaseOptions, TwoPhases

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch


class Options(TwoPhaseOptions):
    minority: float = Field(
        0.1,
        gt=0,
        lt=0.5,
        description="Share of each class taken as its minority: the images with the least confidence.",
    )
    debias: float = Field(
        0.5,
        gt=0,
        le=1,
        description="c: how far the less biased batch is from the data's shares of the groups (0) to equal ones (1).",
    )
    beta: float = Field(
        1.0,
        ge=-1,
        le=1000,
        description="How far the gradient is extrapolated from the biased to the less biased batch: -1 is plain "
        "training with equal classes, 1 / c - 1 equal groups; above that the minority dominates.",
    )


class GradientExtrapolation(TwoPhases):
    """L_lb + beta (L_lb - L_b): losses of a less biased and of a biased batch, each with all classes alike.

    Parts are a binary attribute, whatever hides behind it: 1 the `minority` of a class of which a plain network is
    least sure, 0 the others, with shares alpha. The biased batch draws them by alpha, the less biased one by alpha +
    c (1/2 - alpha). In expectation that is the loss with the shares of `extrapolated_shares`.
    """

    options: Options

    @classmethod
    def refusal(cls, settings: LoopSettings, options: TwoPhaseOptions, content: Content) -> str:
        assert isinstance(options, Options)
        majority = 1 - options.minority
        largest = majority / (majority - 0.5) / options.debias - 1
        if options.beta <= largest:
            return super().refusal(settings, options, content)
        return (
            f"would count the majority's loss negatively, without a bound: at --minority {options.minority:g} and "
            f"--debias {options.debias:g} --beta is {largest:.3g} at most."
        )

    def assign_parts(self) -> Tensor:
        labels = self.context.labels
        right = log_probabilities(self.context).gather(1, labels[:, None])[:, 0]
        return least_sure(right, labels, self.options.minority)

    def weights(self) -> Tensor:
        return self._weights(beta=0.0)

    def _weights(self, beta: float) -> Tensor:
        """(n,): how often each sample is drawn; -1: the biased batch, 0: the less biased one, beta: their loss."""
        alpha = torch.tensor([1 - self.options.minority, self.options.minority], device=self.parts.device)
        shares = extrapolated_shares(alpha, self.options.debias, beta)
        return shares[self.parts] / self.cells.bincount()[self.cells]

    def loss(self, batch: Batch, step: int) -> Tensor:
        if not self.is_divided or self.options.beta == 0:
            return super().loss(batch, step)
        less_biased = self.second_loss(batch)
        biased = self.second_loss(self._biased_batch(len(batch.labels), step))
        return less_biased + self.options.beta * (less_biased - biased)

    def _biased_batch(self, size: int, step: int) -> Batch:
        from lazytui.training.augmentation import augmented

        generator = self.context.step_generator(step)
        rows = torch.multinomial(self._weights(beta=-1.0), size, replacement=True, generator=generator)
        batch = self.context.train.batch(rows)
        return replace(batch, images=augmented(batch.images, self.context.settings, generator))

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self._weights(self.options.beta)) if self.is_divided else {}


def least_sure(confidence: Tensor, labels: Tensor, share: float) -> Tensor:
    """(n,) int64: 1 for that share of each class which has the lowest confidence, one sample at least, else 0.

    confidence: (n,); labels: (n,) int64.
    """
    parts = torch.zeros_like(labels)
    for label in labels.bincount().nonzero()[:, 0]:
        of_class = (labels == label).nonzero()[:, 0]
        count = max(1, round(share * len(of_class)))
        parts[of_class[confidence[of_class].argsort(stable=True)[:count]]] = 1
    return parts


def extrapolated_shares(alpha: Tensor, c: float, beta: float) -> Tensor:
    """(A,): alpha + c (1 + beta) (1 / A - alpha), the weights of a class's parts in the loss (Asaad 2025).

    alpha: (A,), their shares of the data.
    """
    return alpha + c * (1 + beta) * (1 / len(alpha) - alpha)


ENTRY = MethodEntry(
    "gerne",
    "Gradients extrapolated from a biased over a less biased batch, by a plain network's confidence.",
    GradientExtrapolation,
    source="Asaad 2025",
    options=Options,
    signals=CONFLICTING_WEIGHT,
    published_tuning="beta by the worst group of labeled validation images",
    varies="a second network starts during the training",
)
