"""TopK (Gao et al. 2024, "Scaling and evaluating sparse autoencoders")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import Sparsity, Variant, VariantEntry, squared_error
from lazytui.system.lazy_torch import functional, torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder

_AUXK_WEIGHT = 1 / 32
"""The paper's alpha."""


class TopK(Variant):
    """A sample keeps its k largest values, where they are positive; L = |x - x_hat|^2 + AuxK / 32 (eq. 3 and A.2)."""

    k: Sparsity = 4

    def refusal(self, features: int) -> str:
        return f"--k {self.k} is more than the {features} features that there are." if self.k > features else ""

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        return keep_largest(sae.pre_activations(x), self.k)

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        z = sae.pre_activations(x)
        f, x_hat = self.reconstruct(sae, z)
        error = squared_error(x, x_hat)
        return StepLoss(error + self.auxiliary_loss(sae, x - x_hat, z, context), error, f)

    def reconstruct(self, sae: Autoencoder, z: Tensor) -> tuple[Tensor, Tensor]:
        """(N, n) -> f (N, n), x_hat (N, d). Only the directions that are kept are added up."""
        from lazytui.hooks.top_k import top_indices

        indices = top_indices(z, self.k)
        values = z.gather(1, indices).relu()
        explained = functional.embedding_bag(indices, sae.decoder, per_sample_weights=values, mode="sum")
        return torch.zeros_like(z).scatter(1, indices, values), explained + sae.decoder_bias

    def auxiliary_loss(self, sae: Autoencoder, residual: Tensor, z: Tensor, context: StepContext) -> Tensor:
        """AuxK / 32, which brings dead features back; 0 where there are none."""
        if context.dead is None:
            return residual.new_zeros(())
        return _AUXK_WEIGHT * auxk(residual, z[:, context.dead], sae.decoder[context.dead])


def keep_largest(z: Tensor, k: int) -> Tensor:
    """(N, n) -> (N, n): each sample's k largest values where they are positive, and 0."""
    from lazytui.hooks.top_k import top_indices

    indices = top_indices(z, k)
    return torch.zeros_like(z).scatter(1, indices, z.gather(1, indices).relu())


def auxk(residual: Tensor, z: Tensor, directions: Tensor) -> Tensor:
    """AuxK: the share of the residual's variance that the dead features leave unexplained, without b_d (A.2).

    residual: (N, d), which isn't learned from. z: (N, m), pre-activations of the dead features, of which a sample uses
    min(d / 2, m). directions: (m, d).
    """
    target = residual.detach()
    f = keep_largest(z, max(1, min(target.shape[1] // 2, z.shape[1])))
    variance = (target - target.mean(0)).square().sum(1).mean()
    return squared_error(target, f @ directions) / variance.clamp(min=1e-12)


TOPK = VariantEntry(
    name="topk",
    summary="Each sample keeps its k strongest features; dead ones learn from the residual.",
    source="Gao 2024",
    options=TopK,
)
