"""Plain training (empirical risk minimization): the shortcut is free to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import Method, MethodEntry

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class PlainTraining(Method):
    """The mean cross-entropy of the batch."""

    keeps_fit = True

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        return functional.cross_entropy(self.context.model(batch.images), batch.labels)


ENTRY = MethodEntry(
    "erm", "Plain training: cross-entropy, every sample counts the same.", PlainTraining, static_step=True
)
