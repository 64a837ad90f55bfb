"""Smallest budgets, soundly: by bisection for each image, all in one batch, censored where none was enough."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lazytui.attacks.problem import PART, Problem, length

Within = Callable[[Problem], Tensor]
"""An attack with its options: images (n, 3, h, w) within the problem's budgets."""


def in_parts(find: Callable[[Problem], tuple[Tensor, Tensor]], problem: Problem) -> tuple[Tensor, Tensor]:
    """Budgets and images of any number of sources, a part after the other."""
    indices = torch.arange(len(problem.images), device=problem.images.device)
    found = [find(problem.part(part)) for part in torch.split(indices, PART)]
    return torch.cat([budgets for budgets, _ in found]), torch.cat([images for _, images in found])


def smallest_budgets(attack: Within, problem: Problem, unit: float, largest: int) -> tuple[Tensor, Tensor]:
    """By bisection over multiples of `unit`: (n,) budgets, and images that reach the goal within them.

    An upper bound of the smallest, since an attack may miss; infinite where even `largest` units weren't enough, and
    0 for an image that reaches it as it is. Each round asks only those images whose budget isn't known yet.
    """
    images = problem.images.clone()
    found = torch.full((len(images),), largest + 1, device=images.device)  # the least that was enough
    failed = torch.zeros_like(found)  # the most that wasn't
    there = problem.fools(images)
    found[there] = 0
    asked = torch.full_like(found, largest)
    while len(left := (found - failed > 1).nonzero()[:, 0]):
        part = problem.part(left).with_budget(asked[left] * unit)
        made = attack(part)
        fooled = part.fools(made)
        images[left[fooled]] = made[fooled]
        found[left[fooled]] = asked[left[fooled]]
        failed[left[~fooled]] = asked[left[~fooled]]
        failed[left[~fooled & (asked[left] == largest)]] = largest
        asked = (found + failed) // 2
    budgets = found * unit
    budgets[found > largest] = torch.inf
    return budgets, images


def smallest_found(
    attack: Within, problem: Problem, size: Callable[[Tensor], Tensor] = length
) -> tuple[Tensor, Tensor]:
    """For attacks that look for the smallest perturbation by themselves: (n,) their sizes, and the images.

    size: of changes (n, 3, h, w), (n,). Infinite where nothing within the problem's budget was enough.
    """
    made = attack(problem)
    budgets = size(made - problem.images)
    budgets[~problem.fools(made)] = torch.inf
    return budgets, made
