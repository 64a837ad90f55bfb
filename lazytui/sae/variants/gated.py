"""Gated autoencoders (Rajamanoharan et al. 2024a, "Improving dictionary learning with gated sparse autoencoders")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import Price, Variant, VariantEntry, squared_error
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder


class Gated(Variant):
    """f = 1[pi > 0] ReLU(magnitude); the two paths share their directions (eq. 6 and 7).

    L = |x - x_hat|^2 + lam |ReLU(pi)|_1 + |x - x_hat_frozen(ReLU(pi))|^2, the last with a decoder that doesn't learn
    from it (eq. 8). log_magnitude, magnitude_bias: (n,), the paper's r_mag and b_mag.
    """

    lam: Price = 0.03

    def parameters(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        return {"log_magnitude": torch.zeros(features), "magnitude_bias": torch.zeros(features)}

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        return self._gate_and_features(sae, x)[1]

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        pi, f = self._gate_and_features(sae, x)
        gate = pi.relu()
        error = squared_error(x, sae.decode(f))
        x_hat_frozen = torch.addmm(sae.decoder_bias.detach(), gate, sae.decoder.detach())
        price = gate.sum(1).mean()
        return StepLoss(error + context.warmup * self.lam * price + squared_error(x, x_hat_frozen), error, f)

    def _gate_and_features(self, sae: Autoencoder, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, n) each: the gate's value pi, and f."""
        product = (x - sae.decoder_bias) @ sae.encoder
        pi = product + sae.encoder_bias
        log_magnitude, bias = sae.get_parameter("log_magnitude"), sae.get_parameter("magnitude_bias")
        magnitude = (product * log_magnitude.exp() + bias).relu()
        return pi, magnitude * (pi > 0)

    def rescale(self, sae: Autoencoder, factor: float) -> None:
        sae.get_parameter("magnitude_bias").mul_(factor)


GATED = VariantEntry(
    name="gated",
    summary="One path decides which features are active, another how much; only the first is penalized.",
    source="Rajamanoharan 2024a",
    options=Gated,
)
