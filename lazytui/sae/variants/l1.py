"""A ReLU with an L1 penalty (Bricken et al. 2023, "Towards monosemanticity")."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import Price, Variant, VariantEntry, squared_error

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder


class L1(Variant):
    """f = ReLU(W_e (x - b_d) + b_e); L = |x - x_hat|^2 + lam sum_i f_i |W_d,i|, the rows of W_d of unit length."""

    resamples_dead: ClassVar[bool] = True

    lam: Price = 0.03

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        return sae.pre_activations(x).relu()

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        f = self.encode(sae, x)
        error = squared_error(x, sae.decode(f))
        price = (f * sae.decoder.norm(dim=1)).sum(1).mean()
        return StepLoss(error + context.warmup * self.lam * price, error, f)


L1_PENALTY = VariantEntry(
    name="l1",
    summary="A ReLU and an L1 penalty; dead features are resampled. Shrinks activations.",
    source="Bricken 2023",
    options=L1,
)
