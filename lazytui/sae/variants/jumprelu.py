"""JumpReLU (Rajamanoharan et al. 2024b, "Jumping ahead")."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from lazytui.sae.autoencoder import Autoencoder, Moment, Step, squared_error


class JumpReLU(Autoencoder):
    """f = z H(z - theta); L = |x - x_hat|^2 + lam |f|_0, with straight-through estimates for theta (eq. 11 and 12).

    log_threshold: (n,), the logarithms of theta. bandwidth: of the rectangle kernel that estimates the density of
    values at a threshold.
    """

    def __init__(
        self, dimensions: int, features: int, random: torch.Generator, *, lam: float, bandwidth: float
    ) -> None:
        super().__init__(dimensions, features, random)
        self.lam, self.bandwidth = lam, bandwidth
        self.log_threshold = nn.Parameter(torch.full((features,), bandwidth).log())

    def encode(self, x: Tensor) -> Tensor:
        z = self.before(x).relu()
        return z * (z > self.log_threshold.exp())

    def step(self, x: Tensor, moment: Moment) -> Step:
        z, theta = self.before(x).relu(), self.log_threshold.exp()
        f: Tensor = _Jump.apply(z, theta, self.bandwidth)
        active: Tensor = _Active.apply(z, theta, self.bandwidth)
        error = squared_error(x, self.decode(f))
        return Step(error + moment.pressure * self.lam * active.sum(1).mean(), error, f)

    @torch.no_grad()
    def rescale(self, factor: float) -> None:
        super().rescale(factor)
        self.log_threshold.add_(torch.tensor(factor).log().to(self.log_threshold))


class _Jump(torch.autograd.Function):
    """z H(z - theta); its derivative by theta is estimated as -theta / bandwidth where z is that near to theta."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, theta: Tensor, bandwidth: float) -> Tensor:
        ctx.save_for_backward(z, theta)
        ctx.bandwidth = bandwidth
        return z * (z > theta)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        z, theta = ctx.saved_tensors
        near = ((z - theta).abs() < ctx.bandwidth / 2).to(z)
        return gradient * (z > theta), -(theta / ctx.bandwidth) * (near * gradient).sum(0), None


class _Active(torch.autograd.Function):
    """H(z - theta); its derivative by theta is estimated as -1 / bandwidth where z is that near to theta."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, theta: Tensor, bandwidth: float) -> Tensor:
        ctx.save_for_backward(z, theta)
        ctx.bandwidth = bandwidth
        return (z > theta).to(z)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor, None]:
        z, theta = ctx.saved_tensors
        near = ((z - theta).abs() < ctx.bandwidth / 2).to(z)
        return None, -(near * gradient).sum(0) / ctx.bandwidth, None
