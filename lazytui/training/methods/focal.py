"""Focal loss: what is already right counts less (Lin et al. 2017; study A). Expected to fail: color makes it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import Method, MethodEntry, MethodOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    gamma: float = Field(
        2.0, ge=0, le=20, description="Focusing parameter: how steeply a sample's weight falls with its confidence."
    )


class FocalLoss(Method):
    """The mean of (1 - p)^gamma CE, p being the probability of the right digit (Lin 2017, eq. 4)."""

    options: Options

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        wrong = (1 - (-each).exp()).clamp(min=1e-12)  # the root of 0, where gamma is under 1, has no gradient
        return (wrong**self.options.gamma * each).mean()


ENTRY = MethodEntry(
    "focal",
    "Samples that are already classified with confidence count less. Study A: with --lr 5e-4.",
    FocalLoss,
    source="Lin 2017; study A",
    options=Options,
    known_ineffective=True,
    static_step=True,
)
