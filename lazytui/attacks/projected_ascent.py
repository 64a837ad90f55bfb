"""Projected gradient steps from one or more starts: what PGD, MI-FGSM and PGD-L2 share.

An image leaves the batch as soon as it fools, rounded to whole levels: the others then cost less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazytui.attacks.problem import Problem
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

STRIDE = 2.5
"""Steps are this many times the budget over their number: far enough to cross the ball (Madry et al. 2018)."""


@dataclass(frozen=True)
class Ascent:
    """What the attacks differ in.

    step: problem, images now, their gradient and a memory (n, 3, h, w) that may be written -> images after a step.
    start: where a climb begins. round: images in whole levels that are as near as the budget asks.
    """

    step: Callable[[Problem, Tensor, Tensor, Tensor], Tensor]
    start: Callable[[Problem], Tensor]
    round: Callable[[Tensor, Problem], Tensor]


def ascend(problem: Problem, ascent: Ascent, steps: int, restarts: int) -> Tensor:
    """(n, 3, h, w): the best of several climbs. Images that don't fool the network after one start again."""
    best = _climb(problem, ascent, ascent.start(problem), steps)
    unsolved = torch.arange(len(best), device=best.device)
    for _ in range(restarts - 1):
        unsolved = unsolved[~problem.subset(unsolved).is_fooled(best[unsolved])]
        if not len(unsolved):
            break
        subset = problem.subset(unsolved)
        best[unsolved] = _climb(subset, ascent, ascent.start(subset), steps)
    return best


def _climb(problem: Problem, ascent: Ascent, x: Tensor, steps: int) -> Tensor:
    """The images after so many steps, or when they first fooled; in whole levels."""
    result = torch.empty_like(x)
    climbing = torch.arange(len(result), device=result.device)
    subset, memory = problem, torch.zeros_like(x)
    for _ in range(steps):
        gradient, logits = subset.gradient(x)
        fooled = _fools_when_rounded(subset, ascent, x, logits)
        if fooled.any():
            result[climbing[fooled]] = ascent.round(x[fooled], subset.subset(fooled))
            climbing, subset = climbing[~fooled], subset.subset(~fooled)
            x, gradient, memory = x[~fooled], gradient[~fooled], memory[~fooled]
        if not len(climbing):
            break
        x = ascent.step(subset, x, gradient, memory).detach()
    result[climbing] = ascent.round(x, subset)
    return result


def _fools_when_rounded(problem: Problem, ascent: Ascent, x: Tensor, logits: Tensor) -> Tensor:
    """(n,) bool. Those that succeed by their logits are asked again as they are rounded."""
    fooled = problem.succeeds(logits)
    if fooled.any():
        candidates = problem.subset(fooled)
        fooled[fooled.clone()] = candidates.is_fooled(ascent.round(x[fooled], candidates))
    return fooled
