"""Jitter consistency: the same answer in other colors (study A). It alters training images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm
from lazytui.training.methods.parts.color_jitter import (
    Brightness,
    ColorJitter,
    Contrast,
    Hue,
    JitterOptions,
    Saturation,
)

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(JitterOptions):
    penalty: Penalty = 5.0
    brightness: Brightness = 0.8
    contrast: Contrast = 0.8
    saturation: Saturation = 0.8
    hue: Hue = 0.3


class JitterConsistency(AddedTerm):
    """CE(x) + CE(x') + penalty * the mean of KL(p, p') and KL(p', p); x' is x in jittered colors."""

    options: Options
    keeps_fit = False

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._jitter = ColorJitter(self.options)
        self._disagreement = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:
        jittered = self._jitter(batch.images, self.context.step_generator(step))
        logits, logits_jittered = self.context.model(torch.cat((batch.images, jittered))).float().chunk(2)
        disagreement = symmetric_divergence(logits, logits_jittered)
        self._disagreement = disagreement.detach()
        fit = functional.cross_entropy(logits, batch.labels) + functional.cross_entropy(logits_jittered, batch.labels)
        return fit, self.options.penalty * disagreement

    def signals(self) -> Mapping[str, float]:
        return {"disagreement": float(self._disagreement)}


def symmetric_divergence(logits: Tensor, others: Tensor) -> Tensor:
    """Two (n, k) -> scalar: the mean over images of (KL(p, q) + KL(q, p)) / 2 = sum (p - q) (log p - log q) / 2."""
    one, other = logits.log_softmax(1), others.log_softmax(1)
    return ((one.exp() - other.exp()) * (one - other)).sum(1).mean() / 2


ENTRY = MethodEntry(
    "jitter-consistency",
    "Color jitter, and a penalty where it changes the prediction.",
    JitterConsistency,
    source="study A",
    options=Options,
    alters_images=True,
    signals={
        "disagreement": "Symmetric Kullback-Leibler divergence of the predictions for an image and for it in other "
        "colors, in nats: 0 where they agree."
    },
    varies="each draws other colors",
)
