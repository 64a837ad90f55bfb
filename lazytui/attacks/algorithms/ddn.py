"""Decoupled direction and norm: the smallest Euclidean perturbation (Rony et al. 2019, algorithm 1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import round_to_levels
from lazytui.attacks.problem import Problem, l2_norm, per_image
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def ddn(problem: Problem, *, steps: int = 300, gamma: float = 0.05) -> Tensor:
    """A step along the gradient, then out or in to a sphere that shrinks by gamma when fooled and grows when not.

    alpha, the length of the steps, falls along a cosine from 1 to .01. Of all that fooled in whole levels within the
    budget, the nearest is returned; where none did, the image as it was.
    """
    x_0, x = problem.images, problem.images.clone()
    epsilon = torch.ones_like(problem.epsilon)
    best, best_norm = x_0.clone(), problem.epsilon.clone()
    delta = torch.zeros_like(x_0)
    for k in range(steps):
        g, logits = problem.gradient(x)
        fooled = problem.succeeds(logits)
        rounded = round_to_levels(x)
        norm = l2_norm(rounded - x_0)
        nearer = fooled & (norm <= best_norm)
        nearer[nearer.clone()] = problem.subset(nearer).is_fooled(rounded[nearer])
        best[nearer], best_norm[nearer] = rounded[nearer], norm[nearer]
        alpha = 0.01 + 0.99 * (1 + math.cos(math.pi * k / steps)) / 2
        g_norm = l2_norm(g)
        delta = delta + alpha * g / per_image(g_norm)
        epsilon = epsilon * torch.where(fooled, 1 - gamma, 1 + gamma)
        epsilon = torch.minimum(epsilon, _to_farthest_corner(x_0))
        delta = delta * per_image(epsilon / l2_norm(delta))
        x = (x_0 + delta).clamp(0, 1)
        delta = x - x_0
    return best


def _to_farthest_corner(x_0: Tensor) -> Tensor:
    """(n,): the distance of the corner of [0, 1] that lies farthest from each image."""
    return l2_norm(torch.maximum(x_0, 1 - x_0))


class DdnOptions(AttackOptions):
    steps: Steps = 300


DDN = Attack(
    name="ddn",
    summary="The smallest Euclidean perturbation: the ball shrinks while the network is fooled and grows while it "
    "isn't.",
    source="Rony 2019",
    norm="l2",
    perturb=ddn,
    options=DdnOptions,
    minimizes=True,
)
