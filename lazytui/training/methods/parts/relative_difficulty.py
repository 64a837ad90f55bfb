"""How hard each training sample is for one network, beside how hard it is for a biased one (Nam et al. 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

Ema = Annotated[float, Field(ge=0, lt=1, description="Decay of each sample's moving average of its loss.")]


class RelativeDifficulty:
    """w = L_b / (L_b + L_d) of every training sample; its losses are averages, divided by the largest of its class."""

    def __init__(self, labels: Tensor, classes: int, decay: float) -> None:
        self._biased_losses, self._losses = (SmoothLosses(labels, classes, decay) for _ in range(2))

    def update(self, indices: Tensor, biased: Tensor, own: Tensor) -> Tensor:
        """Weights (b,) of these samples after new losses (b,) of the biased network and the other one."""
        self._biased_losses.update(indices, biased)
        self._losses.update(indices, own)
        return self.weights()[indices]

    def weights(self) -> Tensor:
        """(n,): of every training sample, as its losses stand."""
        biased = self._biased_losses.relative_losses()
        return biased / (biased + self._losses.relative_losses() + 1e-8)

    def state_dict(self) -> dict[str, Any]:
        return {"losses": self._losses.smooth, "biased_losses": self._biased_losses.smooth}

    def load_state_dict(self, state: dict[str, Any]) -> None:
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
