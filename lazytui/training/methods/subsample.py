"""Subsampling: as many of each digit in each color as of the rarest; the rest is never looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.parts.groups import groups_of, in_rounds

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Subsampling(PlainTraining):
    """Plain training on the subset, as many steps as on the whole."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._chosen = draw_equal_groups(groups_of(context).cpu(), context.epoch_generator(0))

    def order(self, epoch: int) -> Tensor:
        return in_rounds(self._chosen, len(self.context.train), self.context.epoch_generator(epoch))


def draw_equal_groups(groups: Tensor, generator: Generator) -> Tensor:
    """Indices of as many samples of every group, drawn without replacement, as the smallest has; in rising order."""
    counts = groups.bincount()
    shuffled = torch.randperm(len(groups), generator=generator)
    by_group = shuffled[groups[shuffled].argsort(stable=True)]
    first = counts.cumsum(0) - counts
    rank = torch.arange(len(groups)) - first[groups[by_group]]
    return by_group[rank < counts[counts > 0].min()].sort().values


ENTRY = MethodEntry(
    "subsample",
    "Of every digit in every color as many images as of the rarest.",
    Subsampling,
    source="Idrissi 2022",
    reads=("group labels",),
)
