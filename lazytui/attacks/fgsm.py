"""The fast gradient sign method: one step (Goodfellow et al. 2015, eq. 3)."""

from __future__ import annotations

from torch import Tensor

from lazytui.attacks.problem import Problem, each, storable, whole_levels


def fgsm(problem: Problem) -> Tensor:
    """x + epsilon sign(g), with g the gradient of the goal. A value whose gradient is zero stays."""
    gradient, _ = problem.gradient(problem.images)
    moved = problem.images + each(whole_levels(problem.epsilon)) * gradient.sign()
    return storable(moved.clamp(0, 1))
