"""Fixed thresholds, of autoencoders that another program trained. Not in the list of those that can be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import Variant, VariantEntry, squared_error
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder


class FixedThresholds(Variant):
    """f = ReLU(z) H(z - theta); L = |x - x_hat|^2, without a price: theta stays as it is. threshold: (n,), theta."""

    def buffers(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        return {"threshold": torch.zeros(features)}

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        z = sae.pre_activations(x)
        return z.relu() * (z > sae.get_buffer("threshold"))

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:  # noqa: ARG002
        f = self.encode(sae, x)
        error = squared_error(x, sae.decode(f))
        return StepLoss(error, error, f)

    def rescale(self, sae: Autoencoder, factor: float) -> None:
        sae.get_buffer("threshold").mul_(factor)


FIXED_THRESHOLDS = VariantEntry(
    name="fixed-thresholds",
    summary="Each feature has its own threshold, learned by another program.",
    source="Rajamanoharan 2024b",
    options=FixedThresholds,
)
