"""Stochastic gradient Langevin dynamics around a point, many chains as one batch (Welling & Teh 2011).

A step is dw = -(eps / 2) [n_beta grad L(w) + gamma (w - w*)] + N(0, eps): the posterior of temperature 1 / beta, held
near w* by a spring (Lau et al. 2023, eq. 20). Gradients are estimated from batches with w* as a control variate (Baker
et al. 2019): the batch's gradient at w minus the same batch's at w*, plus the full gradient at w*. Near w* this leaves
little batch noise, which would otherwise raise the chains' temperature: at n_beta of thousands, far above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.func import grad_and_value, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

Parameters = dict[str, Tensor]
Loss = Callable[[Parameters, Any], Tensor]
"""Parameters and a batch -> the mean loss, a scalar."""


@dataclass(frozen=True)
class Chains:
    """eps, gamma: (chains,) float32, step size and localization of each chain. n_beta: the same for all."""

    eps: Tensor
    gamma: Tensor
    n_beta: float


def sample_chains(
    loss: Loss,
    center: Mapping[str, Tensor],
    chains: Chains,
    steps: int,
    batch_at: Callable[[int], Any],
    generator: torch.Generator,
    tick: Callable[[int], None] = lambda _step: None,
    gradient: Mapping[str, Tensor] | None = None,
) -> Tensor:
    """(steps, chains) float32: L(w) - L(w*) before every step, all chains starting at `center`, w*.

    Estimated from the step's batch, as L_B(w) - L_B(w*) - <grad L_B(w*), w - w*>, plus <slope, w - w*>: unbiased
    where `slope` is the gradient of L at w*. None: of L(w) - <grad L(w*), w - w*>, for which w* is a critical point.
    batch_at: the batches of a step, a tree of tensors whose first dimension is the chains. generator: of the noise, on
    the CPU, so that every device takes the same path. tick: called before every step. `center` is left as it was.
    """
    count = len(chains.eps)
    start = {name: value.detach() for name, value in center.items()}
    walkers = {name: value.expand(count, *value.shape).clone() for name, value in start.items()}
    anywhere, at_center = vmap(grad_and_value(loss)), vmap(grad_and_value(loss), in_dims=(None, 0))
    trace = []
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH):  # fused attention would go through the chains one by one
        for step in range(steps):
            tick(step)
            batch = batch_at(step)
            (gradients, losses), (at_start, base) = anywhere(walkers, batch), at_center(start, batch)
            excess = losses - base
            for name, walker in walkers.items():
                away = walker - start[name]
                tilt = at_start[name] if gradient is None else at_start[name] - gradient[name]
                excess = excess - (tilt * away).flatten(1).sum(1)
                eps, gamma = (_along(each, walker) for each in (chains.eps, chains.gamma))
                pull = chains.n_beta * (gradients[name] - tilt) + gamma * away
                noise = torch.randn(walker.shape, generator=generator).to(walker.device)
                walker.add_(eps.sqrt() * noise - eps / 2 * pull)
            trace.append(excess.detach())
    return torch.stack(trace)


def _along(per_chain: Tensor, walker: Tensor) -> Tensor:
    return per_chain.reshape(-1, *(1 for _ in walker.shape[1:])).to(walker)
