"""The mean image: how far a source has to go towards what the network was shown as the target (study B)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, linf_norm, per_image
from lazytui.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor


def mean_image(problem: Problem) -> Tensor:
    """x + t (m - x), with m the mean training image of the target and t as large as the budget allows, at most 1.

    No network is asked: what this needs more than a gradient's attack is what the gradient is worth. Raises BadInput
    where no mean image is given.
    """
    if problem.mean_images is None:
        raise BadInput("The mean image of what? This goes towards a target.")
    direction = problem.mean_images - problem.images
    epsilon = floor_to_levels(problem.epsilon)
    t = (epsilon / linf_norm(direction).clamp(min=1e-12)).clamp(max=1)
    x = round_to_levels(problem.images + per_image(t) * direction)
    return round_to_levels(x.clamp(problem.images - per_image(epsilon), problem.images + per_image(epsilon)))


MEAN_IMAGE = Attack(
    name="mean-image",
    summary="Straight towards the mean training image of the target; doesn't use the network.",
    source="study B",
    norm="linf",
    perturb=mean_image,
    needs_gradient=False,
    needs_target=True,
)
