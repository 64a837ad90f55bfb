"""Projected gradient descent in a Euclidean ball around the image (Madry et al. 2018, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Restarts, Steps
from lazytui.attacks.problem import Problem, l2_norm, per_image
from lazytui.attacks.projected_ascent import STRIDE, Ascent, ascend
from lazytui.attacks.projection import project_l2, random_start_l2, round_within_l2

if TYPE_CHECKING:
    from torch import Tensor


def pgd_l2(problem: Problem, *, steps: int = 40, restarts: int = 1) -> Tensor:
    """x <- P(x + alpha g / |g|_2), from uniform starts in the ball; alpha = 2.5 epsilon / steps."""

    def step(problem: Problem, x: Tensor, g: Tensor, _memory: Tensor) -> Tensor:
        return project_l2(x + STRIDE / steps * per_image(problem.epsilon / l2_norm(g)) * g, problem)

    return ascend(problem, Ascent(step, random_start_l2, round_within_l2), steps, restarts)


class PgdL2Options(AttackOptions):
    steps: Steps = 40
    restarts: Restarts = 1


PGD_L2 = Attack(
    name="pgd-l2",
    summary="Steps along the gradient itself, within a ball of Euclidean distance.",
    source="Madry 2018",
    norm="l2",
    perturb=pgd_l2,
    options=PgdL2Options,
)
