"""Smallest budgets, soundly: by bisection for each image, all in one batch, censored where none was enough."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lazytui.attacks.problem import BATCH, Problem, l2_norm

Perturb = Callable[[Problem], Tensor]
"""An attack with its options: images (n, 3, h, w) within the problem's budgets."""


def in_batches(find: Callable[[Problem], tuple[Tensor, Tensor]], problem: Problem) -> tuple[Tensor, Tensor]:
    """Budgets and images of any number of sources, some hundreds after the others."""
    indices = torch.arange(len(problem.images), device=problem.images.device)
    batches = [find(problem.subset(batch)) for batch in torch.split(indices, BATCH)]
    return torch.cat([budgets for budgets, _ in batches]), torch.cat([images for _, images in batches])


def smallest_budgets(attack: Perturb, problem: Problem, unit: float, largest: int) -> tuple[Tensor, Tensor]:
    """By bisection over multiples of `unit`: (n,) budgets, and images within them that get what was asked for.

    An upper bound of the smallest, since an attack may miss; infinite where even `largest` units weren't enough, with
    the image that the attack made of these, and 0 for an image that succeeds as it is. Each round attacks only those
    images whose budget isn't known yet.
    """
    images = problem.images.clone()
    enough = torch.full((len(images),), largest + 1, device=images.device)  # the least that was
    too_small = torch.zeros_like(enough)  # the most that wasn't
    enough[problem.is_fooled(images)] = 0
    tried = torch.full_like(enough, largest)
    while len(left := (enough - too_small > 1).nonzero()[:, 0]):
        subset = problem.subset(left).with_budget(tried[left] * unit)
        perturbed = attack(subset)
        fooled = subset.is_fooled(perturbed)
        kept = fooled | (tried[left] == largest)
        images[left[kept]] = perturbed[kept]
        enough[left[fooled]] = tried[left[fooled]]
        too_small[left[~fooled]] = tried[left[~fooled]]
        tried = (enough + too_small) // 2
    budgets = enough * unit
    budgets[enough > largest] = torch.inf
    return budgets, images


def smallest_perturbations(
    attack: Perturb, problem: Problem, norm: Callable[[Tensor], Tensor] = l2_norm
) -> tuple[Tensor, Tensor]:
    """For attacks that look for the smallest perturbation by themselves: (n,) their sizes, and the images.

    norm: of changes (n, 3, h, w), (n,). Infinite where nothing within the problem's budget was enough.
    """
    perturbed = attack(problem)
    sizes = norm(perturbed - problem.images)
    sizes[~problem.is_fooled(perturbed)] = torch.inf
    return sizes, perturbed
