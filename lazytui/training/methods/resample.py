"""Resampling: as many conflicting images as aligned ones, as irm and rex draw them, and no penalty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.training.methods.base import Method, MethodContext, MethodEntry
from lazytui.training.methods.parts.environments import environment_order, environments_of, mean_risk
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal, share_evenly

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Resampling(Method):
    """The very risk that irm and rex have, of the batches they would have with this seed, without their penalty.

    One thing of irm is missing besides: its optimizer begins anew where its penalty gets its weight.
    """

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._environments = environments_of(context)
        self._weights = share_evenly(self._environments)

    def order(self, epoch: int) -> Tensor:
        return environment_order(self.context, self._environments, epoch)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        logits = self.context.model(batch.images).float()
        return mean_risk(logits, batch.labels, self._environments[batch.indices])

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self._weights)


ENTRY = MethodEntry(
    "resample",
    "Conflicting images are drawn as often as aligned ones: irm and rex without their penalty.",
    Resampling,
    source="inverse frequency",
    reads=("group labels",),
    signals=CONFLICTING_WEIGHT,
    static_step=True,
)
