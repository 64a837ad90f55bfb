"""JumpReLU (Rajamanoharan et al. 2024b, "Jumping ahead")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import Price, Variant, VariantEntry, squared_error
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder

Bandwidth = Annotated[
    float, Field(gt=0, le=10, description="Distance from a threshold within which a sample moves it.")
]


class JumpReLU(Variant):
    """f = z H(z - theta); L = |x - x_hat|^2 + lam |f|_0, with straight-through estimates for theta (eq. 11 and 12).

    log_threshold: (n,), the logarithms of theta. bandwidth: of the rectangle kernel that estimates the density of
    values at a threshold (the paper's epsilon).
    """

    lam: Price = 0.003
    bandwidth: Bandwidth = 0.1

    def parameters(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        return {"log_threshold": torch.full((features,), self.bandwidth).log()}

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        z = sae.pre_activations(x).relu()
        return z * (z > sae.get_parameter("log_threshold").exp())

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        from lazytui.sae.variants.straight_through import heaviside, jump

        z, theta = sae.pre_activations(x).relu(), sae.get_parameter("log_threshold").exp()
        f, active = jump(z, theta, self.bandwidth), heaviside(z, theta, self.bandwidth)
        error = squared_error(x, sae.decode(f))
        return StepLoss(error + context.warmup * self.lam * active.sum(1).mean(), error, f)

    def rescale(self, sae: Autoencoder, factor: float) -> None:
        log_threshold = sae.get_parameter("log_threshold")
        log_threshold.add_(torch.tensor(factor).log().to(log_threshold))


JUMPRELU = VariantEntry(
    name="jumprelu",
    summary="Each feature has a learned threshold; every active feature is penalized.",
    source="Rajamanoharan 2024b",
    options=JumpReLU,
)
