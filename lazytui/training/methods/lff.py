"""Learning from failure: what a deliberately biased network gets wrong counts more (Nam et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.biased_network import BesideBiased, Q, generalized_cross_entropy
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    q: Q = 0.7
    ema: float = Field(0.7, ge=0, lt=1, description="Decay of each sample's moving average of its loss.")


class LearningFromFailure(BesideBiased):
    """w CE for the model and the generalized CE for a biased network beside it, w = L_b / (L_b + L_d)."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        labels, classes = context.labels, len(context.content.classes)
        self._biased_losses, self._losses = (SmoothLosses(labels, classes, self.options.ema) for _ in range(2))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        biased = functional.cross_entropy(self.biased(batch.images), batch.labels, reduction="none")
        self._biased_losses.update(batch.indices, biased)
        self._losses.update(batch.indices, each)
        weights = self._weights()[batch.indices]
        return (weights * each).mean() + generalized_cross_entropy(biased, self.options.q).mean()

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self._weights())

    def _weights(self) -> Tensor:
        """(n,): of every training sample, as its losses stand."""
        biased = self._biased_losses.relative_losses()
        return biased / (biased + self._losses.relative_losses() + 1e-8)

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "losses": self._losses.smooth,
            "biased_losses": self._biased_losses.smooth,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._losses.smooth.copy_(state["losses"])
        self._biased_losses.smooth.copy_(state["biased_losses"])


class SmoothLosses:
    """Each sample's loss as a moving average: decay of the old, the rest of the new; the first counts whole.

    smooth: (n,) float32, 0 for a sample that wasn't seen yet.
    """

    def __init__(self, labels: Tensor, classes: int, decay: float) -> None:
        self._labels = labels
        self._classes = classes
        self._decay = decay
        self.smooth = torch.zeros(len(labels), device=labels.device)

    def update(self, indices: Tensor, losses: Tensor) -> None:
        """New losses (b,) of these samples."""
        old, new = self.smooth[indices], losses.detach().float()
        self.smooth[indices] = torch.where(old > 0, self._decay * old + (1 - self._decay) * new, new)

    def relative_losses(self) -> Tensor:
        """(n,): each sample's average divided by the largest of its class."""
        largest = torch.zeros(self._classes, device=self.smooth.device)
        largest.scatter_reduce_(0, self._labels, self.smooth, "amax")
        return self.smooth / largest[self._labels].clamp(min=1e-12)


ENTRY = MethodEntry(
    "lff",
    "Learning from failure: what a deliberately biased network gets wrong counts more.",
    LearningFromFailure,
    source="Nam 2020",
    options=Options,
    signals=CONFLICTING_WEIGHT,
)
