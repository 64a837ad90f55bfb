"""Cubes and balls around images: points in them, at random and the nearest, also in whole levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.levels import LEVELS, floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, l2_norm, per_image
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def project_linf(x: Tensor, problem: Problem) -> Tensor:
    """The nearest images whose values are within epsilon of the original's, and in [0, 1]."""
    epsilon = per_image(floor_to_levels(problem.epsilon))
    return x.clamp(problem.images - epsilon, problem.images + epsilon).clamp(0, 1)


def project_l2(x: Tensor, problem: Problem) -> Tensor:
    """Images in [0, 1] whose Euclidean distance from the original is epsilon or less, in the direction asked for."""
    delta = x.clamp(0, 1) - problem.images
    return problem.images + delta * per_image((problem.epsilon / l2_norm(delta)).clamp(max=1))


def round_within_l2(x: Tensor, problem: Problem) -> Tensor:
    """The nearest whole levels; where those lie outside the ball, each value's next level towards the original."""
    nearest = round_to_levels(x)
    levels = ((x - problem.images) * LEVELS).trunc()
    inwards = round_to_levels(problem.images + levels / LEVELS)
    return torch.where(per_image(l2_norm(nearest - problem.images) > problem.epsilon), inwards, nearest)


def random_start_linf(problem: Problem) -> Tensor:
    """Uniform in the cube."""
    noise = torch.rand(problem.images.shape, generator=problem.generator, device=problem.generator.device)
    delta = (2 * noise - 1).to(problem.images.device) * per_image(floor_to_levels(problem.epsilon))
    return (problem.images + delta).clamp(0, 1)


def random_start_l2(problem: Problem) -> Tensor:
    """Uniform in the ball: a direction, and a radius whose power of the dimension is uniform."""
    generator, device = problem.generator, problem.images.device
    delta = torch.randn(problem.images.shape, generator=generator, device=generator.device).to(device)
    norm = l2_norm(delta)
    share = torch.rand(len(delta), generator=generator, device=generator.device).to(device) ** (1 / delta[0].numel())
    return project_l2(problem.images + delta * per_image(problem.epsilon * share / norm), problem)
