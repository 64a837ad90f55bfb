"""Auto-PGD: projected steps that choose their own length (Croce & Hein 2020, algorithm 1)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from lazytui.attacks.pgd import into_cube, start_in_cube
from lazytui.attacks.problem import Problem, each, storable, whole_levels

Loss = Callable[[Problem, Tensor], Tensor]
"""A problem and logits (n, classes) -> (n,), to be made large."""

_MOMENTUM = 0.75
_ENOUGH = 0.75
"""Share of the steps between two looks that have to climb, or else the stride is halved."""


def apgd_ce(problem: Problem, *, steps: float = 100) -> Tensor:
    """With the log-odds, which rise and fall with the cross-entropy."""
    return _auto(problem, Problem.goal, int(steps))


def apgd_dlr(problem: Problem, *, steps: float = 100) -> Tensor:
    """With the difference of logits ratio, which no scale of the logits changes (eq. 6; targeted eq. 7)."""
    return _auto(problem, difference_of_logits_ratio, int(steps))


def difference_of_logits_ratio(problem: Problem, logits: Tensor) -> Tensor:
    """(n,): -(z_y - max of the others) / (z_(1) - z_(3)); targeted -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2).

    z_(k): the k-th largest logit. Where there are too few classes for it, the smallest takes its place.
    """
    ordered = logits.sort(dim=1, descending=True).values
    last = logits.shape[1] - 1
    label = logits.gather(1, problem.labels[:, None])[:, 0]
    if problem.targets is None:
        others = logits.scatter(1, problem.labels[:, None], -torch.inf).amax(1)
        return (others - label) / (ordered[:, 0] - ordered[:, min(2, last)] + 1e-12)
    target = logits.gather(1, problem.targets[:, None])[:, 0]
    below = (ordered[:, min(2, last)] + ordered[:, min(3, last)]) / 2
    return (target - label) / (ordered[:, 0] - below + 1e-12)


def looks(steps: int) -> list[int]:
    """The steps at which the stride is judged: p_0 = 0, p_1 = .22, p_j+1 = p_j + max(p_j - p_j-1 - .03, .06)."""
    shares = [0.0, 0.22]
    while shares[-1] < 1:
        shares.append(shares[-1] + max(shares[-1] - shares[-2] - 0.03, 0.06))
    return [math.ceil(share * steps) for share in shares if share <= 1]


def _auto(problem: Problem, loss: Loss, steps: int) -> Tensor:
    """The best images of the climb; the first that reach what is wanted in whole levels, where some do."""
    budget = whole_levels(problem.epsilon)
    images = start_in_cube(problem)
    before = images
    gradient, value = _slope(problem, loss, images)
    best, best_gradient, best_value = images.clone(), gradient, value
    made, there = storable(images), problem.fools(storable(images))
    stride, halved_at, climbed = 2 * budget, best_value.clone(), torch.zeros_like(value)
    just_halved = torch.zeros_like(there)
    judged = looks(steps)
    for step in range(1, steps + 1):
        ahead = into_cube(images + each(stride) * gradient.sign(), problem)
        share = 1.0 if step == 1 else _MOMENTUM
        moved = into_cube(images + share * (ahead - images) + (1 - share) * (images - before), problem)
        before, images = images, moved.detach()
        gradient, new = _slope(problem, loss, images)
        climbed += (new > value).float()
        value = new
        rises = value > best_value
        best = torch.where(each(rises), images, best)
        best_gradient = torch.where(each(rises), gradient, best_gradient)
        best_value = torch.where(rises, value, best_value)
        rounded = storable(images)
        fresh = ~there & problem.fools(rounded)
        made, there = torch.where(each(fresh), rounded, made), there | fresh
        if there.all():
            break
        if step in judged:
            since = step - judged[judged.index(step) - 1]
            slow = (climbed < _ENOUGH * since) | (~just_halved & (halved_at == best_value))
            stride = torch.where(slow, stride / 2, stride)
            images = torch.where(each(slow), best, images)
            gradient = torch.where(each(slow), best_gradient, gradient)
            just_halved, halved_at, climbed = slow, best_value.clone(), torch.zeros_like(climbed)
    return torch.where(each(there), made, storable(best))


def _slope(problem: Problem, loss: Loss, images: Tensor) -> tuple[Tensor, Tensor]:
    gradient, logits = problem.slope(images, loss)
    return gradient, loss(problem, logits)
