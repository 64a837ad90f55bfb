"""Carlini and Wagner's L2 attack: distance and success weighed against each other, by optimization (2017, section VI).

Two faults of other implementations are avoided: black and white values aren't frozen by the change of variables, and
the target's margin keeps its gradient whatever the sign of its logit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import round_to_levels
from lazytui.attacks.problem import Problem, l2_norm
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

_RATE = 0.05
_FIRST_C, _LARGEST_C = 1.0, 1e6
_INSIDE = 0.98
"""How far towards 0 and 1 images begin, so that tanh has a slope there."""


def cw(problem: Problem, *, steps: int = 100, searches: int = 6) -> Tensor:
    """min |x' - x|^2 + c max(f, 0) over w, x' = (tanh w + 1) / 2, by Adam; c by bisection for each image.

    f: how far the best other logit lies above the wanted one. Of all in whole levels that fooled within epsilon, the
    nearest is returned, or else the image as it was. The authors take 9 searches of 10,000 steps at a rate of .01 from
    c = .001, a hundred and fifty times as many forward passes; these come to the distances of DDN.
    """
    x = problem.images
    best, best_norm = x.clone(), problem.epsilon.clone()
    lower, upper = torch.zeros_like(best_norm), torch.full_like(best_norm, _LARGEST_C)
    c = torch.full_like(best_norm, _FIRST_C)
    for _ in range(searches):
        fooled = _minimize(problem, c, steps, best, best_norm)
        upper = torch.where(fooled, torch.minimum(upper, c), upper)
        lower = torch.where(fooled, lower, torch.maximum(lower, c))
        c = torch.where(upper < _LARGEST_C, (lower + upper) / 2, c * 10)
    return best


def _minimize(problem: Problem, c: Tensor, steps: int, best: Tensor, best_norm: Tensor) -> Tensor:
    """(n,) bool: whether any step fooled, with c (n,). The nearest that did are written into best and best_norm."""
    from lazytui.system.eager_optimizers import Adam

    x = problem.images
    ever_fooled = torch.zeros_like(best_norm, dtype=torch.bool)
    w = ((2 * x - 1) * _INSIDE).atanh().requires_grad_()
    optimizer = Adam([w], lr=_RATE)
    for _ in range(steps):
        x_prime = (w.tanh() + 1) / 2
        logits = problem.model(x_prime)
        distance = (x_prime - x).flatten(1).square().sum(1)
        loss = distance + c * margin(problem, logits).clamp(min=0)
        (w.grad,) = torch.autograd.grad(loss.sum(), w)
        optimizer.step()
        rounded = round_to_levels(x_prime.detach())
        norm = l2_norm(rounded - x)
        fooled = problem.succeeds(logits.detach())
        fooled[fooled.clone()] = problem.subset(fooled).is_fooled(rounded[fooled])
        nearer = fooled & (norm <= best_norm)
        best[nearer], best_norm[nearer] = rounded[nearer], norm[nearer]
        ever_fooled |= fooled
    return ever_fooled


def margin(problem: Problem, logits: Tensor) -> Tensor:
    """f, (n,): how far the wanted class lies below the best other; positive while it isn't the largest (eq. 6, f_6)."""
    classes = problem.labels if problem.targets is None else problem.targets
    own = logits.gather(1, classes[:, None])[:, 0]
    others = logits.scatter(1, classes[:, None], -torch.inf).amax(1)
    return own - others if problem.targets is None else others - own


class CarliniWagnerOptions(AttackOptions):
    steps: Steps = 100


CW = Attack(
    name="cw",
    summary="Distance and success weighed against each other, the weight found by bisection.",
    source="Carlini & Wagner 2017",
    norm="l2",
    perturb=cw,
    options=CarliniWagnerOptions,
    minimizes=True,
)
