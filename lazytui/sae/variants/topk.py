"""TopK (Gao et al. 2024, "Scaling and evaluating sparse autoencoders")."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from lazytui.hooks.top_k import top_indices
from lazytui.sae.autoencoder import Autoencoder, Moment, Step, squared_error

_WEIGHT = 1 / 32


class TopK(Autoencoder):
    """A sample keeps its k largest values, where they are positive; L = |x - x_hat|^2 + AuxK / 32 (eq. 3 and A.2)."""

    def __init__(self, dimensions: int, features: int, random: torch.Generator, *, k: float) -> None:
        super().__init__(dimensions, features, random)
        self.k = int(k)

    def encode(self, x: Tensor) -> Tensor:
        return self.strongest(self.before(x))

    def strongest(self, before: Tensor) -> Tensor:
        """(N, n) -> (N, n): what is kept of a batch, and 0."""
        return kept_largest(before, self.k)

    def step(self, x: Tensor, moment: Moment) -> Step:
        before = self.before(x)
        f, x_hat = self.explained(before)
        error = squared_error(x, x_hat)
        return Step(error + self.revival(x - x_hat, before, moment), error, f)

    def explained(self, before: Tensor) -> tuple[Tensor, Tensor]:
        """(N, n) -> (N, n), (N, d): what is kept, and what it says. Only the directions that are kept are added up."""
        places = top_indices(before, self.k)
        values = before.gather(1, places).relu()
        x_hat = embedding_bag(places, self.decoder, per_sample_weights=values, mode="sum") + self.decoder_bias
        return torch.zeros_like(before).scatter(1, places, values), x_hat

    def revival(self, residual: Tensor, before: Tensor, moment: Moment) -> Tensor:
        """What is added to the loss for features that are dead."""
        if moment.dead is None:
            return residual.new_zeros(())
        return _WEIGHT * auxiliary(residual, before[:, moment.dead], self.decoder[moment.dead])


def kept_largest(before: Tensor, k: int) -> Tensor:
    """(N, n) -> (N, n): each sample's k largest values where they are positive, and 0."""
    places = top_indices(before, k)
    return torch.zeros_like(before).scatter(1, places, before.gather(1, places).relu())


def auxiliary(residual: Tensor, before: Tensor, directions: Tensor) -> Tensor:
    """AuxK: the share of the residual's variance that the dead features leave unexplained, without b_d.

    residual: (N, d), which isn't learned from. before: (N, m), of the dead features, of which a sample uses
    min(d / 2, m). directions: (m, d).
    """
    target = residual.detach()
    f = kept_largest(before, max(1, min(target.shape[1] // 2, before.shape[1])))
    variance = (target - target.mean(0)).square().sum(1).mean()
    return squared_error(target, f @ directions) / variance.clamp(min=1e-12)
