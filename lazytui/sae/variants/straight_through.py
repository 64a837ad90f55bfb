"""Steps with straight-through estimates of their derivatives (Rajamanoharan et al. 2024b, eq. 11 and 12)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def jump(z: Tensor, theta: Tensor, bandwidth: float) -> Tensor:
    """z H(z - theta), (N, n) of z (N, n) and theta (n,).

    Its derivative by theta is estimated as -theta / bandwidth where z is within half a bandwidth of theta.
    """
    f: Tensor = _Jump.apply(z, theta, bandwidth)
    return f


def heaviside(z: Tensor, theta: Tensor, bandwidth: float) -> Tensor:
    """H(z - theta), (N, n) of z (N, n) and theta (n,).

    Its derivative by theta is estimated as -1 / bandwidth where z is within half a bandwidth of theta.
    """
    active: Tensor = _Heaviside.apply(z, theta, bandwidth)
    return active


class _Jump(torch.autograd.Function):
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


class _Heaviside(torch.autograd.Function):
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
