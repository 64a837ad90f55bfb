"""A universal perturbation: the same for all images (after Shafahi et al. 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projected_ascent import STRIDE
from lazytui.attacks.projection import project_linf
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def universal(problem: Problem, *, steps: int = 40) -> Tensor:
    """delta <- delta + alpha sign(mean of g / |g|) over the images that aren't fooled yet.

    |g|: the mean absolute value, so that no image outweighs the others. Each image takes delta as far as its own budget
    allows.
    """
    largest = floor_to_levels(problem.epsilon).amax()
    delta = torch.zeros_like(problem.images[:1])
    for _ in range(steps):
        x = project_linf(problem.images + delta, problem)
        unsolved = ~problem.is_fooled(round_to_levels(x))
        if not unsolved.any():
            break
        g, _ = problem.gradient(x)
        weights = unsolved / g.abs().mean((1, 2, 3)).clamp(min=1e-12)
        mean = (per_image(weights) * g).sum(0, keepdim=True)
        delta = (delta + STRIDE / steps * largest * mean.sign()).clamp(-largest, largest)
    return round_to_levels(project_linf(problem.images + delta, problem))


class UniversalOptions(AttackOptions):
    steps: Steps = 40


UNIVERSAL = Attack(
    name="universal",
    summary="One perturbation for all sources together.",
    source="Shafahi 2020",
    norm="linf",
    perturb=universal,
    options=UniversalOptions,
)
