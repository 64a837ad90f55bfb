"""A ReLU with an L1 penalty (Bricken et al. 2023, "Towards monosemanticity")."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.sae.autoencoder import Autoencoder, Moment, Step, squared_error


class L1(Autoencoder):
    """f = ReLU(W_e (x - b_d) + b_e); L = |x - x_hat|^2 + lam sum_i f_i |W_d,i|, the rows of W_d of unit length."""

    resampled = True

    def __init__(self, dimensions: int, features: int, random: torch.Generator, *, lam: float) -> None:
        super().__init__(dimensions, features, random)
        self.lam = lam

    def encode(self, x: Tensor) -> Tensor:
        return self.before(x).relu()

    def step(self, x: Tensor, moment: Moment) -> Step:
        f = self.encode(x)
        error = squared_error(x, self.decode(f))
        price = (f * self.decoder.norm(dim=1)).sum(1).mean()
        return Step(error + moment.pressure * self.lam * price, error, f)
