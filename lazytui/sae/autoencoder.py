"""What every sparse autoencoder is: an overcomplete dictionary of directions, and a way to say which are at work.

x: (N, d) activations. f: (N, n) features, never negative. x_hat = f W_d + b_d. Row i of W_d is the direction of
feature i, of unit length. Losses sum over dimensions and average over the batch; the samples that a loss sees are
scaled so that their variance, summed over dimensions, is 1: the error is the fraction of variance unexplained.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Moment:
    """Where a training is. pressure: in [0, 1], how far the price of activity has been raised. dead: (m,) int64, the
    features that haven't been active for a while; None where there is none."""

    pressure: float = 1.0
    dead: Tensor | None = None


@dataclass(frozen=True)
class Step:
    """loss: to be minimized. error: the squared error, summed over dimensions, mean over the batch. f: (N, n)."""

    loss: Tensor
    error: Tensor
    f: Tensor


class Autoencoder(nn.Module):
    """encoder: (d, n); encoder_bias: (n,); decoder: (n, d), rows of unit length; decoder_bias: (d,)."""

    resampled = False
    """Whether dead features are drawn anew, having no other way back."""

    def __init__(self, dimensions: int, features: int, random: torch.Generator) -> None:
        """Decoder rows are random directions, the encoder their transpose (Gao 2024, 3.3)."""
        super().__init__()
        decoder = torch.randn(features, dimensions, generator=random)
        decoder = decoder / decoder.norm(dim=1, keepdim=True)
        self.decoder = nn.Parameter(decoder)
        self.decoder_bias = nn.Parameter(torch.zeros(dimensions))
        self.encoder = nn.Parameter(decoder.T.clone())
        self.encoder_bias = nn.Parameter(torch.zeros(features))

    @property
    def dimensions(self) -> int:
        return self.decoder.shape[1]

    @property
    def features(self) -> int:
        return self.decoder.shape[0]

    def before(self, x: Tensor) -> Tensor:
        """(N, d) -> (N, n): what the activation function is applied to."""
        center = self.decoder_bias.detach()
        still = self.decoder_bias - center  # zero, with b_d's gradient: a sum over the batch, then one small product
        return torch.addmm(self.encoder_bias - still @ self.encoder, x - center, self.encoder)

    def encode(self, x: Tensor) -> Tensor:
        """(N, d) -> (N, n), never negative."""
        raise NotImplementedError

    def decode(self, f: Tensor) -> Tensor:
        """(N, n) -> (N, d)."""
        return torch.addmm(self.decoder_bias, f, self.decoder)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    def step(self, x: Tensor, moment: Moment) -> Step:
        """The loss on a batch (N, d)."""
        raise NotImplementedError

    @torch.no_grad()
    def rescale(self, factor: float) -> None:
        """Change the unit of activations: afterwards factor * x has factor * f as its features."""
        self.encoder_bias.mul_(factor)
        self.decoder_bias.mul_(factor)

    @torch.no_grad()
    def drop_parallel_gradient(self) -> None:
        """Take from the decoder's gradient what would only change the length of its rows."""
        gradient = self.decoder.grad
        assert gradient is not None
        gradient.addcmul_((gradient * self.decoder).sum(1, keepdim=True), self.decoder, value=-1)

    @torch.no_grad()
    def normalize(self) -> None:
        """Give every row of the decoder unit length."""
        self.decoder.div_(self.decoder.norm(dim=1, keepdim=True).clamp(min=1e-8))


def squared_error(x: Tensor, x_hat: Tensor) -> Tensor:
    """Summed over dimensions, mean over the batch."""
    return (x - x_hat).square().sum(1).mean()
