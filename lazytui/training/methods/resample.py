"""Resampling: as many conflicting images as aligned ones, as irm and rex draw them, and no penalty."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.environments import environment_risks, environments_of
from lazytui.training.methods.groups import draw, share_evenly, share_of


class Resampling(Method):
    """The very risk that irm and rex have, of the batches they would have with this seed, without their penalty.

    One thing of irm is missing besides: its optimizer begins anew where its penalty gets its weight.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._environments = environments_of(bench)
        self._weights = share_evenly(self._environments)

    def order(self, epoch: int) -> Tensor:
        return draw(self._weights, self.bench.epoch_generator(epoch))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        logits = self.bench.model(batch.images).float()
        return environment_risks(logits, batch.digits, self._environments[batch.indices]).mean()

    def signals(self) -> Mapping[str, float]:
        return {"conflicting_weight": share_of(self.bench.conflicting, self._weights)}
