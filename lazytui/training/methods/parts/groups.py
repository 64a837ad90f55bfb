"""Groups of training samples: how many there are of each, orders that draw them evenly, and their risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.training.methods.base import MethodContext


CONFLICTING_WEIGHT = {
    "conflicting_weight": "Share of all weight (of draws, or of the loss) that conflicting samples have: at a bias of "
    "0.95 they are 0.05 of the data."
}
"""The signal of methods that weigh samples."""


def cells(labels: Tensor, parts: Tensor, most_parts: int) -> Tensor:
    """(n,) int64: the cell of each sample in a table of classes by `most_parts` parts, row by row.

    parts: (n,) int64, what divides the samples of a class: their value of the attribute, a cluster, an environment.
    """
    return labels * most_parts + parts


def groups_of(context: MethodContext) -> Tensor:
    """(n,) int64: the group of each training sample, a class with a value."""
    return cells(context.labels, context.attributes, context.most_parts)


def share_evenly(groups: Tensor) -> Tensor:
    """(n,) float32: weights by which every group that there is weighs the same, 1 on average: n / (groups * n_g)."""
    counts = groups.bincount()
    return len(groups) / ((counts > 0).sum() * counts[groups])


def draw(weights: Tensor, generator: Generator) -> Tensor:
    """(n,) int64: n samples, each drawn with a probability proportional to its weight, and put back."""
    return torch.multinomial(weights.cpu().float(), len(weights), replacement=True, generator=generator)


def draw_equal_groups(groups: Tensor, generator: Generator) -> Tensor:
    """Indices of as many samples of every group, drawn without replacement, as the smallest has; in rising order."""
    counts = groups.bincount()
    shuffled = torch.randperm(len(groups), generator=generator)
    by_group = shuffled[groups[shuffled].argsort(stable=True)]
    first = counts.cumsum(0) - counts
    rank = torch.arange(len(groups)) - first[groups[by_group]]
    return by_group[rank < counts[counts > 0].min()].sort().values


def in_rounds(chosen: Tensor, length: int, generator: Generator) -> Tensor:
    """(length,) int64: the chosen samples again and again, in a new order every round."""
    rounds = [chosen[torch.randperm(len(chosen), generator=generator)] for _ in range(-(-length // len(chosen)))]
    return torch.cat(rounds)[:length]


def group_means(each: Tensor, groups: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The mean of `each`, (n,), in every group: (count,), 0 where a group has no sample here; and which groups have."""
    sums = torch.zeros(count, device=each.device, dtype=each.dtype).index_add(0, groups, each)
    sizes = torch.zeros(count, device=groups.device, dtype=groups.dtype).index_add(0, groups, torch.ones_like(groups))
    return sums / sizes.clamp(min=1), sizes > 0


def conflicting_signal(context: MethodContext, weights: Tensor) -> dict[str, float]:
    """The signal of weights, (n,); none where the data have no attribute."""
    return {"conflicting_weight": share_of(context.conflicting, weights)} if context.content.values else {}


def share_of(chosen: Tensor, weights: Tensor) -> float:
    """What share of all weights falls on the chosen samples, (n,) bool."""
    return float(weights[chosen].sum() / weights.sum().clamp(min=1e-12))
