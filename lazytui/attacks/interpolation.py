"""The mean image: how far a source has to go towards what the network was shown as the target (study B)."""

from __future__ import annotations

from torch import Tensor

from lazytui.attacks.problem import Problem, each, largest_change, storable, whole_levels
from lazytui.errors import BadInput


def mean_image(problem: Problem) -> Tensor:
    """x + t (m - x), with m the mean training image of the target and t as large as the budget allows, at most 1.

    No network is asked: what this needs more than a gradient's attack is what the gradient is worth. Raises BadInput
    where no mean image is given.
    """
    if problem.mean_images is None:
        raise BadInput("The mean image of what? This goes towards a target.")
    way = problem.mean_images - problem.images
    budget = whole_levels(problem.epsilon)
    share = (budget / largest_change(way).clamp(min=1e-12)).clamp(max=1)
    reach = each(budget)
    moved = storable(problem.images + each(share) * way)
    return storable(moved.clamp(problem.images - reach, problem.images + reach))
