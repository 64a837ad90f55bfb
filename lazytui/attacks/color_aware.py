"""Attacks with a form of their own: one color over the whole image, or one perturbation for all images."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.attacks.pgd import into_cube
from lazytui.attacks.problem import Problem, each, storable, whole_levels

_STRIDE = 2.5


def recolor(problem: Problem, *, steps: float = 40) -> Tensor:
    """The image plus one color, within the budget: what a change of the light could do. Sign steps on three values."""
    budget = whole_levels(problem.epsilon)
    color = torch.zeros(len(problem.images), 3, device=problem.images.device)
    for _ in range(int(steps)):
        images = (problem.images + color[:, :, None, None]).clamp(0, 1)
        if problem.fools(storable(images)).all():
            break
        gradient, _ = problem.gradient(images)
        color = color + _STRIDE / steps * budget[:, None] * gradient.mean((2, 3)).sign()
        color = color.clamp(-budget[:, None], budget[:, None])
    return storable((problem.images + color[:, :, None, None]).clamp(0, 1))


def universal(problem: Problem, *, steps: float = 40) -> Tensor:
    """One perturbation for all images together, by sign steps on the mean of their gradients (after Shafahi 2020).

    Each image takes it as far as its own budget allows.
    """
    largest = whole_levels(problem.epsilon).amax()
    shared = torch.zeros_like(problem.images[:1])
    for _ in range(int(steps)):
        images = into_cube(problem.images + shared, problem)
        going = ~problem.fools(storable(images))
        if not going.any():
            break
        gradient, _ = problem.gradient(images)
        weights = going / length_of(gradient)
        mean = (each(weights) * gradient).sum(0, keepdim=True)
        shared = (shared + _STRIDE / steps * largest * mean.sign()).clamp(-largest, largest)
    return storable(into_cube(problem.images + shared, problem))


def length_of(gradient: Tensor) -> Tensor:
    """(n,): the mean absolute value, so that no image outweighs the others."""
    return gradient.abs().mean((1, 2, 3)).clamp(min=1e-12)
