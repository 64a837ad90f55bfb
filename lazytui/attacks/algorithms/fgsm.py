"""The fast gradient sign method: one step (Goodfellow et al. 2015, eq. 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image

if TYPE_CHECKING:
    from torch import Tensor


def fgsm(problem: Problem) -> Tensor:
    """x + epsilon sign(g), with g the gradient of the objective. A value whose gradient is zero stays."""
    g, _ = problem.gradient(problem.images)
    x = problem.images + per_image(floor_to_levels(problem.epsilon)) * g.sign()
    return round_to_levels(x.clamp(0, 1))


FGSM = Attack(
    name="fgsm",
    summary="One step of the whole budget along the gradient's sign.",
    source="Goodfellow 2015",
    norm="linf",
    perturb=fgsm,
)
