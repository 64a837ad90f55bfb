"""The momentum iterative fast gradient sign method (Dong et al. 2018, algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projected_ascent import Ascent, ascend
from lazytui.attacks.projection import project_linf

if TYPE_CHECKING:
    from torch import Tensor


def mi_fgsm(problem: Problem, *, steps: int = 40, mu: float = 1.0) -> Tensor:
    """g <- mu g + gradient / |gradient|_1; x <- P(x + alpha sign(g)), alpha = epsilon / steps.

    mu and alpha are the authors'; they take 10 steps. The mean stands for the sum in |gradient|_1, which mu and the
    sign don't notice.
    """

    def step(problem: Problem, x: Tensor, gradient: Tensor, g: Tensor) -> Tensor:
        size = gradient.abs().mean((1, 2, 3)).clamp(min=1e-12)
        g.mul_(mu).add_(gradient / per_image(size))
        return project_linf(x + per_image(floor_to_levels(problem.epsilon)) / steps * g.sign(), problem)

    ascent = Ascent(step, lambda problem: problem.images.clone(), lambda x, _problem: round_to_levels(x))
    return ascend(problem, ascent, steps, 1)


class MiFgsmOptions(AttackOptions):
    steps: Steps = 40


MI_FGSM = Attack(
    name="mi-fgsm",
    summary="Steps along the sign of a gradient with momentum.",
    source="Dong 2018",
    norm="linf",
    perturb=mi_fgsm,
    options=MiFgsmOptions,
)
