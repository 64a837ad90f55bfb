"""Reweighting: every digit in every color counts the same (inverse-frequency weights)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import Method, MethodContext, MethodEntry
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal, groups_of, share_evenly

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Reweighting(Method):
    """The mean of w CE, w = 1 / n(digit, color) scaled to 1 on average over the training split."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self.weights = share_evenly(groups_of(context))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        return (self.weights[batch.indices] * each).mean()

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self.weights)


ENTRY = MethodEntry(
    "reweight",
    "Every group of class and attribute has the same total weight.",
    Reweighting,
    source="inverse frequency",
    reads=("group labels",),
    signals=CONFLICTING_WEIGHT,
    static_step=True,
)
