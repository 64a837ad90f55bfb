"""Diverse prototypical ensembles: heads of prototypes on frozen features, each unlike the others (To et al. 2025)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.errors import BadInput
from lazytui.system.lazy_torch import functional, torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.parts.dataset_predictions import features
from lazytui.training.methods.parts.groups import draw_equal_groups
from lazytui.training.methods.parts.held_out import HeldOut, HeldOutOptions

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.content import Content

_EPOCHS, _BATCH, _RATE, _MOMENTUM = 20, 256, 1e-3, 0.9
_FIRST_SPREAD = 0.01
_SHARPNESS = 30.0
_SIZE_PENALTY = 10.0
"""All as published."""


class PrototypicalEnsemble(HeldOut):
    """15 heads, each trained for 20 epochs on another draw of held-out images, balanced by class.

    A head's loss is cross-entropy of 30 times its logits, a penalty on the size of its prototypes, and one on their
    likeness to those of the heads before it. The network that is kept averages the heads' softmaxes.
    """

    options: HeldOutOptions

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        from lazytui.models.forms.prototype_ensemble import PrototypeEnsemble

        if not isinstance(context.model, PrototypeEnsemble):
            raise BadInput(f"The method {context.method} trains heads of prototypes: --model prototypes:gap-cnn.")
        self.model = context.model

    @classmethod
    def refusal(cls, settings: LoopSettings, options: HeldOutOptions, content: Content) -> str:  # noqa: ARG003
        if settings.model.startswith("prototypes:"):
            return ""
        return f"puts prototypes on an architecture from `lazytui models`, which {settings.model} isn't."

    def finish(self) -> None:
        from lazytui.models.forms.prototype_ensemble import standardized_samples

        values = standardized_samples(features(self.model, self.held_out.images, self.context.hardware))
        generator = self.context.epoch_generator(self.context.settings.epochs)
        for index in range(len(self.model.prototypes)):
            chosen = draw_equal_groups(self.labels.cpu(), generator).to(values.device)
            fitted = fit_prototypes(values[chosen], self.labels[chosen], self.model.prototypes[:index], generator)
            self.model.prototypes[index], self.model.scales[index] = fitted
        self.model.use_prototypes()


def fit_prototypes(values: Tensor, labels: Tensor, earlier: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """One head's prototypes (classes, d) and its scale. values: (n, d); earlier: (t - 1, classes, d), those before."""
    from lazytui.system.eager_optimizers import SGD

    first = _FIRST_SPREAD * torch.randn(earlier.shape[1:], generator=generator).to(values.device)
    prototypes, scale = first.requires_grad_(), torch.ones((), device=values.device).requires_grad_()
    optimizer = SGD([prototypes, scale], lr=_RATE, momentum=_MOMENTUM)
    for _ in range(_EPOCHS):
        order = torch.randperm(len(values), generator=generator).to(values.device)
        for rows in torch.split(order, _BATCH):
            loss = head_loss(values[rows], labels[rows], prototypes, scale, earlier)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return prototypes.detach(), scale.detach()


def head_loss(values: Tensor, labels: Tensor, prototypes: Tensor, scale: Tensor, earlier: Tensor) -> Tensor:
    from lazytui.models.forms.prototype_ensemble import prototype_logits

    fit = functional.cross_entropy(_SHARPNESS * prototype_logits(values, prototypes, scale), labels)
    size = prototypes.square().sum(1).mean()
    return fit + _SIZE_PENALTY * size + likeness_penalty(prototypes, earlier)


def likeness_penalty(prototypes: Tensor, earlier: Tensor) -> Tensor:
    """r_t times the mean over classes k of sum_j |<p_k, p_k^j>| / t / (d - 1), for the t-th head, counted from 1.

    r_t = 50,000 / (1 + .05 max(t - 2, 0)). prototypes: (classes, d); earlier: (t - 1, classes, d).
    """
    t, dimensions = len(earlier) + 1, prototypes.shape[1]
    products = (prototypes * earlier).sum(2).abs().sum(0)
    return 5e4 / (1 + 0.05 * max(t - 2, 0)) * products.mean() / t / max(dimensions - 1, 1)


ENTRY = MethodEntry(
    "dpe",
    "Plain features, and heads of prototypes on held-out images, balanced by class, each unlike the others.",
    PrototypicalEnsemble,
    source="To 2025",
    options=HeldOutOptions,
    control="dfr-class",
    published_tuning="the weights of each head by the worst group of labeled validation images",
    network="prototypes",
    static_step=True,
)
