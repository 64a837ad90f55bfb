"""What every sparse autoencoder is: an overcomplete dictionary of directions, and a way to say which are active.

x: (N, d) activations. f: (N, n) features, never negative. x_hat = f W_d + b_d. Row i of W_d is the direction of
feature i, of unit length unless the variant composes W_d. While it trains, samples are scaled so that their variance,
summed over dimensions, is 1: the squared error is then the fraction of variance unexplained.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from lazytui.sae.step_loss import StepContext, StepLoss


class EncodingRule(Protocol):
    """What an autoencoder does with its weights; `lazytui.sae.variants.base.Variant` documents it."""

    @property
    def resamples_dead(self) -> bool: ...

    @property
    def composes_decoder(self) -> bool: ...

    def parameters(self, features: int, dimensions: int) -> dict[str, Tensor]: ...

    def buffers(self, features: int, dimensions: int) -> dict[str, Tensor]: ...

    def begin(self, sae: Autoencoder, samples: Tensor, scale: float, random: torch.Generator) -> None: ...

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor: ...

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss: ...

    def before_update(self, sae: Autoencoder) -> None: ...

    def after_update(self, sae: Autoencoder) -> None: ...

    def rescale(self, sae: Autoencoder, factor: float) -> None: ...


class Autoencoder(nn.Module):
    """encoder: (d, n); encoder_bias: (n,); decoder: (n, d), rows of unit length where the variant doesn't compose them;
    decoder_bias: (d,).

    variant: what it does with them. Its own weights have the names that it gives them.
    """

    def __init__(self, dimensions: int, features: int, generator: torch.Generator, variant: EncodingRule) -> None:
        """Decoder rows are random directions, the encoder their transpose (Gao et al. 2024, 3.3)."""
        super().__init__()
        decoder = torch.randn(features, dimensions, generator=generator)
        decoder = decoder / decoder.norm(dim=1, keepdim=True)
        self.decoder = nn.Parameter(decoder)
        self.decoder_bias = nn.Parameter(torch.zeros(dimensions))
        self.encoder = nn.Parameter(decoder.T.clone())
        self.encoder_bias = nn.Parameter(torch.zeros(features))
        self.variant = variant
        for name, value in variant.parameters(features, dimensions).items():
            self.register_parameter(name, nn.Parameter(value))
        for name, value in variant.buffers(features, dimensions).items():
            self.register_buffer(name, value)

    @property
    def dimensions(self) -> int:
        return self.decoder.shape[1]

    @property
    def features(self) -> int:
        return self.decoder.shape[0]

    @property
    def lengths(self) -> Tensor:
        """(n,): of the decoder's rows, how far a feature moves the activation for each unit that it is active."""
        norms: Tensor = self.decoder.norm(dim=1)
        return norms

    @property
    def directions(self) -> Tensor:
        """(n, d): the decoder's rows at unit length."""
        return self.decoder / self.lengths[:, None].clamp(min=1e-12)

    def pre_activations(self, x: Tensor) -> Tensor:
        """(N, d) -> (N, n): (x - b_d) W_e + b_e, what the activation function is applied to."""
        center = self.decoder_bias.detach()
        still = self.decoder_bias - center  # zero, with b_d's gradient: a sum over the batch, then one small product
        return torch.addmm(self.encoder_bias - still @ self.encoder, x - center, self.encoder)

    def encode(self, x: Tensor) -> Tensor:
        """(N, d) -> (N, n), never negative."""
        return self.variant.encode(self, x)

    def decode(self, f: Tensor) -> Tensor:
        """(N, n) -> (N, d)."""
        return torch.addmm(self.decoder_bias, f, self.decoder)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, context: StepContext) -> StepLoss:
        """The loss on a batch (N, d)."""
        return self.variant.loss(self, x, context)

    @torch.no_grad()
    def rescale(self, factor: float) -> None:
        """Change the unit of activations: afterwards factor * x has factor * f as its features."""
        self.encoder_bias.mul_(factor)
        self.decoder_bias.mul_(factor)
        self.variant.rescale(self, factor)

    @torch.no_grad()
    def remove_parallel_gradient(self) -> None:
        """Take from the decoder's gradient what would only change the length of its rows."""
        gradient = self.decoder.grad
        assert gradient is not None
        gradient.addcmul_((gradient * self.decoder).sum(1, keepdim=True), self.decoder, value=-1)

    @torch.no_grad()
    def normalize_decoder(self) -> None:
        """Give every row of the decoder unit length."""
        self.decoder.div_(self.decoder.norm(dim=1, keepdim=True).clamp(min=1e-8))
