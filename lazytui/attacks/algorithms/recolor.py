"""Recoloring: one color added to the whole image (after the functional attacks of Laidlaw & Feizi 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem
from lazytui.attacks.projected_ascent import STRIDE
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def recolor(problem: Problem, *, steps: int = 40) -> Tensor:
    """The image plus one color, within the budget: what a change of the light could do. Sign steps on three values."""
    epsilon = floor_to_levels(problem.epsilon)[:, None]
    color = torch.zeros(len(problem.images), 3, device=problem.images.device)
    for _ in range(steps):
        x = (problem.images + color[:, :, None, None]).clamp(0, 1)
        if problem.is_fooled(round_to_levels(x)).all():
            break
        g, _ = problem.gradient(x)
        color = color + STRIDE / steps * epsilon * g.mean((2, 3)).sign()
        color = color.clamp(-epsilon, epsilon)
    return round_to_levels((problem.images + color[:, :, None, None]).clamp(0, 1))


class RecolorOptions(AttackOptions):
    steps: Steps = 40


RECOLOR = Attack(
    name="recolor",
    summary="One color added to the whole image.",
    source="after Laidlaw 2019",
    norm="linf",
    perturb=recolor,
    options=RecolorOptions,
)
