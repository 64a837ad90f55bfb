"""Fast minimum norm: the smallest largest change of any value (Pintor et al. 2021, algorithm 1, with p = infinity)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import LEVELS, floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, l2_norm, linf_norm, per_image
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

_ALPHAS = (10.0, 0.01)
"""Euclidean lengths of the first step of delta and of the last (the paper's alpha_0 and alpha_K)."""

_GAMMAS = (0.05, 0.001)
"""By which share epsilon grows or shrinks, at first and at last (the paper's gamma_0 and gamma_K)."""


def fmn(problem: Problem, *, steps: int = 100) -> Tensor:
    """A step along the gradient, then into a cube that shrinks while the network is fooled and grows while it isn't.

    Until an image fools for the first time, its cube reaches as far as the boundary would lie if it were a plane, and
    a level farther than before at least: values at the end of the range make the way longer. Of all that fooled in
    whole levels within the budget, the nearest is returned; where none did, the image as it was.
    """
    x_0, x = problem.images, problem.images.clone()  # x = x_0 + delta
    best, best_norm = x_0.clone(), floor_to_levels(problem.epsilon)
    ever_fooled = torch.zeros_like(problem.labels, dtype=torch.bool)
    epsilon = torch.zeros_like(best_norm)
    for k in range(steps):
        g, logits = problem.gradient(x)
        delta_norm, fooled = linf_norm(x - x_0), problem.succeeds(logits)
        _keep_nearest(problem, x, fooled, best, best_norm)
        ever_fooled |= fooled
        gamma = _cosine_annealed(_GAMMAS, k, steps)
        shrunk = torch.minimum(epsilon * (1 - gamma), delta_norm)
        to_plane = problem.objective(logits).abs() / g.abs().sum((1, 2, 3)).clamp(min=1e-12)
        beyond_plane = delta_norm + to_plane.clamp(min=1 / LEVELS)
        grown = torch.where(ever_fooled, epsilon * (1 + gamma), beyond_plane)
        epsilon = torch.where(fooled, shrunk, grown).clamp(min=0.5 / LEVELS, max=1)
        x = x + _cosine_annealed(_ALPHAS, k, steps) * g / per_image(l2_norm(g))
        x = x.clamp(x_0 - per_image(epsilon), x_0 + per_image(epsilon)).clamp(0, 1)
    _keep_nearest(problem, x, torch.ones_like(ever_fooled), best, best_norm)
    return best


def _keep_nearest(problem: Problem, x: Tensor, candidates: Tensor, best: Tensor, best_norm: Tensor) -> None:
    """Write down the candidates (n,) bool that fool in whole levels and are no farther than what was found before."""
    rounded = round_to_levels(x)
    norm = linf_norm(rounded - problem.images)
    nearer = candidates & (norm <= best_norm + 1e-6)
    nearer[nearer.clone()] = problem.subset(nearer).is_fooled(rounded[nearer])
    best[nearer], best_norm[nearer] = rounded[nearer], norm[nearer]


def _cosine_annealed(ends: tuple[float, float], k: int, steps: float) -> float:
    """From the first to the last along a cosine (the paper's h)."""
    first, last = ends
    return last + (first - last) * (1 + math.cos(math.pi * k / steps)) / 2


class FmnOptions(AttackOptions):
    steps: Steps = 100


FMN = Attack(
    name="fmn",
    summary="The smallest change of the most changed value: a cube that shrinks and grows as DDN's ball does.",
    source="Pintor 2021",
    norm="linf",
    perturb=fmn,
    options=FmnOptions,
    minimizes=True,
)
