"""Learning from failure: what a network that is proud of its prejudice gets wrong counts more (Nam et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.models.architectures.classifier import CLASSES
from lazytui.models.build import build_model
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.groups import share_of
from lazytui.training.optimizers import make_optimizer, set_rate


class LearningFromFailure(Method):
    """w CE for the model and the generalized CE for a biased network beside it, w = L_b / (L_b + L_d)."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._biased = build_model(bench.settings.model, seed=bench.seed + 1).to(bench.hardware.device)
        self._biased.train()
        self._biased_optimizer = make_optimizer(self._biased.parameters(), bench.settings)
        self._biased_losses, self._losses = (SmoothLosses(bench.digits, bench.option("ema")) for _ in range(2))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = cross_entropy(self.bench.model(batch.images), batch.digits, reduction="none")
        biased = cross_entropy(self._biased(batch.images), batch.digits, reduction="none")
        self._biased_losses.take_in(batch.indices, biased)
        self._losses.take_in(batch.indices, each)
        weights = self._weights()[batch.indices]
        return (weights * each).mean() + generalized(biased, self.bench.option("q")).mean()

    def step(self, batch: Batch, step: int) -> Tensor:
        """The two losses share no weights, so that one backward pass serves both."""
        self._biased_optimizer.zero_grad(set_to_none=True)
        loss = super().step(batch, step)
        set_rate(self._biased_optimizer, self.bench.settings, *self.in_schedule(step))
        self._biased_optimizer.step()
        return loss

    def signals(self) -> Mapping[str, float]:
        return {"conflicting_weight": share_of(self.bench.conflicting, self._weights())}

    def _weights(self) -> Tensor:
        """(n,): of every training sample, as its losses stand."""
        biased = self._biased_losses.relative()
        return biased / (biased + self._losses.relative() + 1e-8)

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "biased": self._biased.state_dict(),
            "biased_optimizer": self._biased_optimizer.state_dict(),
            "losses": self._losses.smooth,
            "biased_losses": self._biased_losses.smooth,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._biased.load_state_dict(state["biased"])
        self._biased_optimizer.load_state_dict(state["biased_optimizer"])
        self._losses.smooth.copy_(state["losses"])
        self._biased_losses.smooth.copy_(state["biased_losses"])


class SmoothLosses:
    """Each sample's loss as a moving average: decay of the old, the rest of the new; the first counts whole.

    smooth: (n,) float32, 0 for a sample that wasn't seen yet.
    """

    def __init__(self, digits: Tensor, decay: float) -> None:
        self._digits = digits
        self._decay = decay
        self.smooth = torch.zeros(len(digits), device=digits.device)

    def take_in(self, indices: Tensor, losses: Tensor) -> None:
        """New losses (b,) of these samples."""
        old, new = self.smooth[indices], losses.detach().float()
        self.smooth[indices] = torch.where(old > 0, self._decay * old + (1 - self._decay) * new, new)

    def relative(self) -> Tensor:
        """(n,): each sample's average divided by the largest of its digit."""
        largest = torch.zeros(CLASSES, device=self.smooth.device).scatter_reduce_(0, self._digits, self.smooth, "amax")
        return self.smooth / largest[self._digits].clamp(min=1e-12)


def generalized(losses: Tensor, q: float) -> Tensor:
    """Generalized cross-entropy (1 - p^q) / q of samples whose cross-entropy, -log p, is given (Zhang 2018, eq. 6)."""
    return (1 - (-q * losses).exp()) / q
