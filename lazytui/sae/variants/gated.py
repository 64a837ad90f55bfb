"""Gated autoencoders (Rajamanoharan et al. 2024a, "Improving dictionary learning with gated sparse autoencoders")."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.sae.autoencoder import Autoencoder, Moment, Step, squared_error


class Gated(Autoencoder):
    """f = 1[gate > 0] ReLU(magnitude); the two share their directions (eq. 6 and 7).

    L = |x - x_hat|^2 + lam |ReLU(gate)|_1 + |x - x_hat_frozen(ReLU(gate))|^2, the last with a decoder that doesn't
    learn from it (eq. 8). log_magnitude, magnitude_bias: (n,).
    """

    def __init__(self, dimensions: int, features: int, random: torch.Generator, *, lam: float) -> None:
        super().__init__(dimensions, features, random)
        self.lam = lam
        self.log_magnitude = nn.Parameter(torch.zeros(features))
        self.magnitude_bias = nn.Parameter(torch.zeros(features))

    def encode(self, x: Tensor) -> Tensor:
        return self._paths(x)[1]

    def step(self, x: Tensor, moment: Moment) -> Step:
        gate, f = self._paths(x)
        opened = gate.relu()
        error = squared_error(x, self.decode(f))
        frozen = torch.addmm(self.decoder_bias.detach(), opened, self.decoder.detach())
        price = opened.sum(1).mean()
        return Step(error + moment.pressure * self.lam * price + squared_error(x, frozen), error, f)

    def _paths(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, n) each: the gate's value, and the features."""
        product = (x - self.decoder_bias) @ self.encoder
        gate = product + self.encoder_bias
        magnitude = (product * self.log_magnitude.exp() + self.magnitude_bias).relu()
        return gate, magnitude * (gate > 0)

    @torch.no_grad()
    def rescale(self, factor: float) -> None:
        super().rescale(factor)
        self.magnitude_bias.mul_(factor)
