"""Auto-PGD: projected steps that choose their own length (Croce & Hein 2020, algorithm 1), with two losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projection import project_linf, random_start_linf
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    Loss = Callable[[Problem, Tensor], Tensor]
    """A problem and logits (n, classes) -> (n,), to be made large."""

_ALPHA = 0.75
"""The share of a step that isn't momentum."""
_RHO = 0.75
"""Share of the steps between two checkpoints that have to climb, or else the step size is halved."""


def apgd_ce(problem: Problem, *, steps: int = 100) -> Tensor:
    """With the log-odds, which rise and fall with the cross-entropy."""
    return _apgd(problem, Problem.objective, steps)


def apgd_dlr(problem: Problem, *, steps: int = 100) -> Tensor:
    """With the difference of logits ratio, which no scale of the logits changes (eq. 6; targeted eq. 7)."""
    return _apgd(problem, difference_of_logits_ratio, steps)


def difference_of_logits_ratio(problem: Problem, z: Tensor) -> Tensor:
    """(n,): -(z_y - max of the others) / (z_(1) - z_(3)); targeted -(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2).

    z: (n, classes), logits; z_(k): the k-th largest. Where there are too few classes, the smallest takes its place.
    """
    ordered = z.sort(dim=1, descending=True).values
    last = z.shape[1] - 1
    z_y = z.gather(1, problem.labels[:, None])[:, 0]
    if problem.targets is None:
        others = z.scatter(1, problem.labels[:, None], -torch.inf).amax(1)
        return (others - z_y) / (ordered[:, 0] - ordered[:, min(2, last)] + 1e-12)
    z_t = z.gather(1, problem.targets[:, None])[:, 0]
    below = (ordered[:, min(2, last)] + ordered[:, min(3, last)]) / 2
    return (z_t - z_y) / (ordered[:, 0] - below + 1e-12)


def checkpoints(steps: int) -> list[int]:
    """The steps w_j = p_j steps at which the step size is judged.

    p_0 = 0, p_1 = .22, p_j+1 = p_j + max(p_j - p_j-1 - .03, .06), while p_j <= 1 (section 3.2).
    """
    shares = [0.0, 0.22]
    while shares[-1] < 1:
        shares.append(shares[-1] + max(shares[-1] - shares[-2] - 0.03, 0.06))
    return [math.ceil(share * steps) for share in shares if share <= 1]


def _apgd(problem: Problem, loss: Loss, steps: int) -> Tensor:
    """x_max of the climb; the first that fools in whole levels, where some do."""
    x = random_start_linf(problem)
    before = x
    gradient, f = _gradient_and_loss(problem, loss, x)
    x_max, gradient_max, f_max = x.clone(), gradient, f
    solution, fooled = round_to_levels(x), problem.is_fooled(round_to_levels(x))
    eta, f_max_before, climbs = 2 * floor_to_levels(problem.epsilon), f_max.clone(), torch.zeros_like(f)
    just_halved = torch.zeros_like(fooled)
    w = checkpoints(steps)
    for k in range(1, steps + 1):
        z = project_linf(x + per_image(eta) * gradient.sign(), problem)
        alpha = 1.0 if k == 1 else _ALPHA
        before, x = x, project_linf(x + alpha * (z - x) + (1 - alpha) * (x - before), problem).detach()
        gradient, f_new = _gradient_and_loss(problem, loss, x)
        climbs += (f_new > f).float()
        f = f_new
        higher = f > f_max
        x_max = torch.where(per_image(higher), x, x_max)
        gradient_max = torch.where(per_image(higher), gradient, gradient_max)
        f_max = torch.where(higher, f, f_max)
        rounded = round_to_levels(x)
        newly_fooled = ~fooled & problem.is_fooled(rounded)
        solution, fooled = torch.where(per_image(newly_fooled), rounded, solution), fooled | newly_fooled
        if fooled.all():
            break
        if k in w:
            since = k - w[w.index(k) - 1]
            halved = (climbs < _RHO * since) | (~just_halved & (f_max_before == f_max))
            eta = torch.where(halved, eta / 2, eta)
            x = torch.where(per_image(halved), x_max, x)
            gradient = torch.where(per_image(halved), gradient_max, gradient)
            just_halved, f_max_before, climbs = halved, f_max.clone(), torch.zeros_like(climbs)
    return torch.where(per_image(fooled), solution, round_to_levels(x_max))


def _gradient_and_loss(problem: Problem, loss: Loss, x: Tensor) -> tuple[Tensor, Tensor]:
    gradient, logits = problem.gradient_of(loss, x)
    return gradient, loss(problem, logits)


class ApgdOptions(AttackOptions):
    steps: Steps = 100


APGD_CE = Attack(
    name="apgd-ce",
    summary="Steps along the sign, which shorten where they stop improving.",
    source="Croce & Hein 2020",
    norm="linf",
    perturb=apgd_ce,
    options=ApgdOptions,
)

APGD_DLR = Attack(
    name="apgd-dlr",
    summary="The same, on a ratio of logits that doesn't depend on their scale.",
    source="Croce & Hein 2020",
    norm="linf",
    perturb=apgd_dlr,
    options=ApgdOptions,
    needs_classes=True,
)
