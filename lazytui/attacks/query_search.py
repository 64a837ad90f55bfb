"""What attacks share that see no gradient and only ask. A query is one image shown to the network.

None asks more of an image than `queries`; what an image has reached is read from the answers it has paid for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.problem import Problem
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def query_objective(problem: Problem, images: Tensor) -> tuple[Tensor, Tensor]:
    """The objective, (n,), and whether the images fool, (n,) bool: a query an image."""
    logits = problem.model(images)
    return problem.objective(logits), problem.succeeds(logits)


def keep_better(
    problem: Problem, queried: Tensor, candidates: Tensor, images: Tensor, best: Tensor, fooled: Tensor
) -> Tensor:
    """Ask about candidates (m, 3, h, w) for some of the images, asked (m,), and write down those that are better.

    images (n, 3, h, w), best (n,), their objective, and fooled (n,) are written. Returns which were better, (m,) bool.
    """
    value, success = query_objective(problem.subset(queried), candidates)
    better = value > best[queried]
    kept = queried[better]
    images[kept], best[kept], fooled[kept] = candidates[better], value[better], success[better]
    return better


def random_signs(problem: Problem, shape: tuple[int, ...]) -> Tensor:
    """1 or -1, each as likely."""
    positive = torch.rand(shape, generator=problem.generator, device=problem.generator.device) < 0.5
    return torch.where(positive.to(problem.images.device), 1.0, -1.0)
