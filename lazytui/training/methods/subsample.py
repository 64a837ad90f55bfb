"""Subsampling: as many of each digit in each color as of the rarest; the rest is never looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.parts.groups import draw_equal_groups, groups_of, in_rounds

if TYPE_CHECKING:
    from torch import Tensor


class Subsampling(PlainTraining):
    """Plain training on the subset, as many steps as on the whole."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._chosen = draw_equal_groups(groups_of(context).cpu(), context.epoch_generator(0))

    def order(self, epoch: int) -> Tensor:
        return in_rounds(self._chosen, len(self.context.train), self.context.epoch_generator(epoch))


ENTRY = MethodEntry(
    "subsample",
    "Of every group of class and attribute as many images as of the rarest.",
    Subsampling,
    source="Idrissi 2022",
    reads=("group labels",),
    static_step=True,
)
