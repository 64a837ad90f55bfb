"""SimBA: one value at a time, up or else down, kept where it helps (Guo et al. 2019, algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Queries
from lazytui.attacks.problem import Problem
from lazytui.attacks.projection import project_l2, round_within_l2
from lazytui.attacks.query_search import keep_better, query_objective
from lazytui.system.lazy_torch import no_grad, torch

if TYPE_CHECKING:
    from torch import Tensor


@no_grad
def simba(problem: Problem, *, queries: int = 1000, stride: float = 0.2) -> Tensor:
    """One value at a time, up or else down by `stride` (the paper's epsilon), kept where it helps; in the ball.

    Every image goes through its values in an order of its own, none twice before all had their turn. The stride is the
    authors'; they allow ten thousand turns and more.
    """
    x = problem.images.clone()
    best, fooled = query_objective(problem, x)
    spent = torch.ones_like(problem.labels)
    values = x[0].numel()
    order = torch.stack([torch.randperm(values, generator=problem.generator) for _ in x]).to(x.device)
    for turn in range(queries):
        unsolved = (~fooled & (spent < queries)).nonzero()[:, 0]
        if not len(unsolved):
            break
        for alpha in (stride, -stride):
            subset = problem.subset(unsolved)
            candidates = x[unsolved].flatten(1)
            rows = torch.arange(len(unsolved), device=unsolved.device)
            candidates[rows, order[unsolved, turn % values]] += alpha
            candidates = round_within_l2(project_l2(candidates.reshape(x[unsolved].shape), subset), subset)
            spent[unsolved] += 1
            better = keep_better(problem, unsolved, candidates, x, best, fooled)
            unsolved = unsolved[~better & (spent[unsolved] < queries)]
            if not len(unsolved):
                break
    return x


class SimbaOptions(AttackOptions):
    queries: Queries = 1000


SIMBA = Attack(
    name="simba",
    summary="One value at a time, kept where it helps; uses only the network's outputs.",
    source="Guo 2019",
    norm="l2",
    perturb=simba,
    options=SimbaOptions,
    needs_gradient=False,
)
