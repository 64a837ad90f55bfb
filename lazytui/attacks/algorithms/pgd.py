"""Projected gradient descent: sign steps in a cube around the image (Madry et al. 2018, section 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Restarts, Steps
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projected_ascent import STRIDE, Ascent, ascend
from lazytui.attacks.projection import project_linf, random_start_linf

if TYPE_CHECKING:
    from torch import Tensor


def pgd(problem: Problem, *, steps: int = 40, restarts: int = 1) -> Tensor:
    """x <- P(x + alpha sign(g)), from uniform starts in the cube; alpha = 2.5 epsilon / steps."""

    def step(problem: Problem, x: Tensor, g: Tensor, _memory: Tensor) -> Tensor:
        alpha = STRIDE / steps * per_image(floor_to_levels(problem.epsilon))
        return project_linf(x + alpha * g.sign(), problem)

    ascent = Ascent(step, random_start_linf, lambda x, _problem: round_to_levels(x))
    return ascend(problem, ascent, steps, restarts)


class PgdOptions(AttackOptions):
    steps: Steps = 40
    restarts: Restarts = 1


PGD = Attack(
    name="pgd",
    summary="Many small steps along the sign, from a random start, kept within the budget.",
    source="Madry 2018",
    norm="linf",
    perturb=pgd,
    options=PgdOptions,
)
