"""Stochastic gradient Langevin dynamics around a point, many chains as one batch (Welling & Teh 2011).

A step is dw = -(eps / 2) [n_beta grad L(w) + gamma (w - w*)] + N(0, eps): the posterior of temperature 1 / beta, held
near w* by a spring (Lau et al. 2023, eq. 20). Gradients are estimated from batches with w* as a control variate (Baker
et al. 2019): the batch's gradient at w minus the same batch's at w*, plus the full gradient at w*. Near w* this leaves
little batch noise, which would otherwise raise the chains' temperature: at n_beta of thousands, far above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor
from torch.func import grad_and_value, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_leaves, tree_map

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
    note: Callable[[str], None] = lambda _text: None,
) -> Tensor:
    """(steps, chains) float32: L(w) - L(w*) before every step, all chains starting at `center`, w*.

    Estimated from the step's batch, as L_B(w) - L_B(w*) - <grad L_B(w*), w - w*>, plus <slope, w - w*>: unbiased
    where `slope` is the gradient of L at w*. None: of L(w) - <grad L(w*), w - w*>, for which w* is a critical point.
    batch_at: the batches of a step, a tree of tensors whose first dimension is the chains. generator: of the noise, on
    the CPU, so that every device takes the same path. tick: called before every step. note: called with a text where
    the network can't be run on all chains at once. `center` is left as it was.
    """
    count = len(chains.eps)
    start = {name: value.detach() for name, value in center.items()}
    walkers = {name: value.expand(count, *value.shape).clone() for name, value in start.items()}
    on_chains = _OnChains(loss, note)
    trace = []
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH):  # fused attention would go through the chains one by one
        for step in range(steps):
            tick(step)
            batch = batch_at(step)
            (gradients, losses), (at_start, base) = on_chains(walkers, batch), on_chains(start, batch, shared=True)
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


class _OnChains:
    """Gradients and losses of all chains at once, or of one after the other where a network can't be run on several,
    such as one with a recurrent layer."""

    def __init__(self, loss: Loss, note: Callable[[str], None]) -> None:
        self._of_one, self._note = grad_and_value(loss), note
        self._at_once = True

    def __call__(self, parameters: Parameters, batch: Any, *, shared: bool = False) -> tuple[Parameters, Tensor]:
        """shared: whether the parameters are the same for all chains, and not stacked."""
        if self._at_once:
            try:
                gradient_and_loss: tuple[Parameters, Tensor] = vmap(self._of_one, (None if shared else 0, 0))(
                    parameters, batch
                )
                return gradient_and_loss
            except torch.OutOfMemoryError:
                raise
            except RuntimeError:  # whatever has no rule for several networks at once
                self._at_once = False
                self._note("running the chains one by one, since this network can't be run on several at once")
        own = [parameters] * len(tree_leaves(batch)[0]) if shared else _unstacked(parameters)
        rows = [self._of_one(each, tree_map(itemgetter(chain), batch)) for chain, each in enumerate(own)]
        gradients = {name: torch.stack([gradient[name] for gradient, _ in rows]) for name in parameters}
        return gradients, torch.stack([value for _, value in rows])


def _unstacked(parameters: Parameters) -> list[Parameters]:
    """Of each chain."""
    each = zip(*(value.unbind() for value in parameters.values()), strict=True)
    return [dict(zip(parameters, values, strict=True)) for values in each]


def _along(per_chain: Tensor, walker: Tensor) -> Tensor:
    return per_chain.reshape(-1, *(1 for _ in walker.shape[1:])).to(walker)
