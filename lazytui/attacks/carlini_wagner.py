"""Carlini and Wagner's L2 attack: distance and success weighed against each other, by optimization (2017, section VI).

Two faults of other implementations are avoided: black and white values aren't frozen by the change of variables, and
the target's margin keeps its gradient whatever the sign of its logit.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.attacks.problem import Problem, each, length, storable
from lazytui.system.eager_optimizers import Adam

_RATE = 0.05
_FIRST, _MOST = 1.0, 1e6
_INSIDE = 0.98
"""How far towards 0 and 1 images begin, so that tanh has a slope there."""


def cw(problem: Problem, *, steps: float = 100, searches: float = 6) -> Tensor:
    """min |x' - x|^2 + c max(margin, 0) over w, x' = (tanh w + 1) / 2, by Adam; c by bisection for each image.

    margin: how far the best other logit lies above the wanted one. Of all in whole levels that fooled within epsilon,
    the nearest is returned, or else the image as it was. The authors take 9 searches of 10,000 steps at a rate of .01
    from c = .001, a hundred and fifty times as many looks; these come to the distances of DDN.
    """
    origin = problem.images
    best, made = problem.epsilon.clone(), origin.clone()
    low, high = torch.zeros_like(best), torch.full_like(best, _MOST)
    weight = torch.full_like(best, _FIRST)
    for _ in range(int(searches)):
        there = torch.zeros_like(best, dtype=torch.bool)
        inside = ((2 * origin - 1) * _INSIDE).atanh().requires_grad_()
        optimizer = Adam([inside], lr=_RATE)
        for _ in range(int(steps)):
            images = (inside.tanh() + 1) / 2
            logits = problem.model(images)
            near = (images - origin).flatten(1).square().sum(1)
            loss = near + weight * missing(problem, logits).clamp(min=0)
            (inside.grad,) = torch.autograd.grad(loss.sum(), inside)
            optimizer.step()
            rounded = storable(images.detach())
            far = length(rounded - origin)
            hit = problem.reached(logits.detach())
            hit[hit.clone()] = problem.part(hit).fools(rounded[hit])
            nearer = hit & (far <= best)
            made, best = torch.where(each(nearer), rounded, made), torch.where(nearer, far, best)
            there |= hit
        high = torch.where(there, torch.minimum(high, weight), high)
        low = torch.where(there, low, torch.maximum(low, weight))
        weight = torch.where(high < _MOST, (low + high) / 2, weight * 10)
    return made


def missing(problem: Problem, logits: Tensor) -> Tensor:
    """(n,): how far the wanted class lies below the best other; positive while it isn't the largest."""
    asked = problem.labels if problem.targets is None else problem.targets
    own = logits.gather(1, asked[:, None])[:, 0]
    others = logits.scatter(1, asked[:, None], -torch.inf).amax(1)
    return own - others if problem.targets is None else others - own
