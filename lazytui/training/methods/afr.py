"""Automatic feature reweighting: the head learns again from what the plain network is unsure of (Qiu et al. 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.held_out import HeadRate, HeadSteps, HeldOutHead, HeldOutOptions, descend

if TYPE_CHECKING:
    from torch import Tensor

_LARGEST_GRADIENT = 1.0


class Options(HeldOutOptions):
    afr_gamma: float = Field(
        10.0,
        ge=0,
        le=1000,
        description="gamma of the weights exp(-gamma p) of held-out images; 0: equal weights.",
    )
    anchor: float = Field(
        0.0, ge=0, le=1e6, description="lambda: penalty on the squared distance of the head from the plain network's."
    )
    head_steps: HeadSteps = 500
    head_lr: HeadRate = 0.01


class AutomaticFeatureReweighting(HeldOutHead):
    """The head descends sum_i w_i CE_i + lambda |head - first head|^2 over all held-out images at once.

    As in the authors' code: gradients are clipped to a norm of 1, and classes are made to weigh alike.
    """

    options: Options

    def finish(self) -> None:
        values, labels, head = self.features(), self.labels, self.model.head
        weights = sample_weights(self.log_probabilities(values), labels, self.options.afr_gamma)
        first = [parameter.detach().clone() for parameter in head.parameters()]
        for _ in range(self.options.head_steps):
            each = functional.cross_entropy(head(values), labels, reduction="none")
            distance = sum(((now - then) ** 2).sum() for now, then in zip(head.parameters(), first, strict=True))
            loss = (weights * each).sum() + self.options.anchor * distance
            descend(head, loss, self.options.head_lr, _LARGEST_GRADIENT)


def sample_weights(log_probabilities: Tensor, labels: Tensor, gamma: float) -> Tensor:
    """(n,), of sum 1: proportional to exp(-gamma p(y|x)) / n_y (Qiu 2023, with the class sizes of the code).

    log_probabilities: (n, classes); labels: (n,) int64.
    """
    right = log_probabilities.gather(1, labels[:, None])[:, 0].exp()
    weights = (-gamma * right).exp() / labels.bincount()[labels]
    return weights / weights.sum()


ENTRY = MethodEntry(
    "afr",
    "The head is refitted on held-out images, weighted toward those with low confidence.",
    AutomaticFeatureReweighting,
    source="Qiu 2023",
    options=Options,
    control="dfr-class",
    published_tuning="gamma and lambda by the worst group of labeled validation images",
    static_step=True,
)
