"""Stochastic gradient Langevin dynamics around a point, many chains as one batch (Welling & Teh 2011).

A step is dw = -(eps / 2) [n_beta grad L(w) + gamma (w - w*)] + N(0, eps): the posterior of temperature 1 / beta, held
near w* by a spring (Lau et al. 2023, eq. 20).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.func import grad_and_value, vmap

Parameters = dict[str, Tensor]
Loss = Callable[[Parameters, Any], Tensor]
"""Parameters and a batch -> the mean loss, a scalar."""


@dataclass(frozen=True)
class Chains:
    """What distinguishes chains: eps and gamma are (chains,) float32. n_beta: the same for all."""

    eps: Tensor
    gamma: Tensor
    n_beta: float


def sample(
    loss: Loss,
    center: Mapping[str, Tensor],
    chains: Chains,
    steps: int,
    batch_at: Callable[[int], Any],
    generator: torch.Generator,
    tick: Callable[[int], None] = lambda _step: None,
) -> Tensor:
    """(steps, chains) float32: the loss of each chain's batch before every step, all starting at `center`.

    batch_at: the batches of a step, a tree of tensors whose first dimension is the chains. generator: of the noise, on
    the CPU, so that every device takes the same path. tick: called before every step. `center` is left as it was.
    """
    count = len(chains.eps)
    held = {name: value.detach() for name, value in center.items()}
    walkers = {name: value.expand(count, *value.shape).clone() for name, value in held.items()}
    gradient_of = vmap(grad_and_value(loss))
    trace = []
    with torch.no_grad():
        for step in range(steps):
            tick(step)
            gradients, losses = gradient_of(walkers, batch_at(step))
            trace.append(losses.detach())
            for name, walker in walkers.items():
                eps, gamma = (_along(each, walker) for each in (chains.eps, chains.gamma))
                pull = chains.n_beta * gradients[name] + gamma * (walker - held[name])
                noise = torch.randn(walker.shape, generator=generator).to(walker.device)
                walker.add_(eps.sqrt() * noise - eps / 2 * pull)
    return torch.stack(trace)


def _along(per_chain: Tensor, walker: Tensor) -> Tensor:
    return per_chain.reshape(-1, *(1 for _ in walker.shape[1:])).to(walker)
