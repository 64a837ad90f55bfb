"""The Square attack: squares of one color at the ends of the budget (Andriushchenko et al. 2020, algorithm 2)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Queries
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.query_search import keep_better, query_objective, random_signs
from lazytui.system.lazy_torch import no_grad, torch

if TYPE_CHECKING:
    from torch import Tensor

_P_INIT = 0.8
"""The share of the image that the first squares cover."""

_HALVINGS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""The shares of the queries after which squares have half the area."""


@no_grad
def square(problem: Problem, *, queries: int = 1000) -> Tensor:
    """Squares of one color, at the ends of the budget, kept where they help.

    Areas as the authors' AutoAttack has them (Croce & Hein 2020): 80 % of the image at first, halved nine times.
    """
    epsilon = per_image(floor_to_levels(problem.epsilon))
    count, channels, _height, width = problem.images.shape
    stripes = random_signs(problem, (count, channels, 1, width))
    x = round_to_levels((problem.images + epsilon * stripes).clamp(0, 1))
    best, fooled = query_objective(problem, x)
    for i in range(1, queries):
        unsolved = (~fooled).nonzero()[:, 0]
        if not len(unsolved):
            break
        candidates = _with_squares(problem, x, unsolved, square_share(i / queries), epsilon)
        keep_better(problem, unsolved, candidates, x, best, fooled)
    return x


def square_share(progress: float) -> float:
    """p: the square's share of the image when so much of the queries is spent."""
    return float(_P_INIT / 2 ** sum(progress > end for end in _HALVINGS))


def _with_squares(problem: Problem, x: Tensor, unsolved: Tensor, p: float, epsilon: Tensor) -> Tensor:
    """The unsolved (m,) of the images x, each with a square of its own that covers a share p, in whole levels."""
    _count, channels, height, width = x.shape
    h = max(1, round(math.sqrt(p * height * width)))
    candidates = x[unsolved].clone()
    rows, columns = (
        torch.randint(size - h + 1, (len(unsolved),), generator=problem.generator) for size in (height, width)
    )
    colors = random_signs(problem, (len(unsolved), channels, 1, 1))
    for index, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        window = (slice(None), slice(row, row + h), slice(column, column + h))
        changed = problem.images[unsolved[index]][window] + epsilon[unsolved[index]] * colors[index]
        candidates[index][window] = changed.clamp(0, 1)
    return round_to_levels(candidates)


class SquareOptions(AttackOptions):
    queries: Queries = 1000


SQUARE = Attack(
    name="square",
    summary="Squares of one color, kept where they help; uses only the network's outputs.",
    source="Andriushchenko 2020",
    norm="linf",
    perturb=square,
    options=SquareOptions,
    needs_gradient=False,
)
