"""Selective mixing: images mixed with others that share the digit or the color, but not both (Yao et al. 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import Method, MethodContext, MethodEntry
from lazytui.training.methods.parts.groups import cells
from lazytui.training.methods.parts.mixing import Mix, MixOptions, draw_beta, mixed_cross_entropy

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.device_split import Batch


class Options(MixOptions):
    mix: Mix = 2.0


class SelectiveMixing(Method):
    """CE of s x + (1 - s) x', s ~ Beta(mix, mix); half the batch is mixed within its digit, half within its color."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._partners = Partners(context.labels, context.attributes, context.content.groups)

    def loss(self, batch: Batch, step: int) -> Tensor:
        generator = self.context.step_generator(step)
        within_digit = torch.rand(len(batch.labels), generator=generator, device=batch.labels.device) < 0.5
        other = self.context.train.batch(self._partners.draw(batch, within_digit, generator))
        share = draw_beta(self.options.mix, len(batch.labels), generator)
        mixed = batch.images + (1 - share)[:, None, None, None] * (other.images - batch.images)
        return mixed_cross_entropy(self.context.model(mixed), batch.labels, other.labels, share)


class Partners:
    """The training samples by digit and color, for drawing one with the same digit in another color, or the reverse."""

    def __init__(self, labels: Tensor, attributes: Tensor, groups: tuple[int, int]) -> None:
        """groups: how many classes and values."""
        self._classes, self._values = groups[0], groups[1] + 1
        cell = cells(labels, attributes, self._values)
        self._by_cell = cell.argsort(stable=True)
        self._counts = cell.bincount(minlength=self._classes * self._values).view(self._classes, self._values)
        self._first = (self._counts.flatten().cumsum(0) - self._counts.flatten()).view_as(self._counts)

    def draw(self, batch: Batch, within_digit: Tensor, generator: Generator) -> Tensor:
        """(b,) int64: for each sample one of those that share its digit (or color) and not its color (or digit).

        A cell of digit and color is drawn first, each alike. Where there is none, the sample is its own partner.
        """
        there = (self._counts > 0).float()
        same_digit, same_color = _only(batch.labels, self._classes), _only(batch.attributes, self._values)
        in_digit = same_digit[:, :, None] * (1 - same_color)[:, None, :]
        in_color = (1 - same_digit)[:, :, None] * same_color[:, None, :]
        allowed = (torch.where(within_digit[:, None, None], in_digit, in_color) * there).flatten(1)
        alone = allowed.sum(1) == 0
        allowed[alone] = 1
        chosen = torch.multinomial(allowed, 1, generator=generator)[:, 0]
        counts = self._counts.flatten()[chosen]
        rank = (torch.rand(len(chosen), generator=generator, device=chosen.device) * counts).long()
        partner_index = (self._first.flatten()[chosen] + rank.minimum(counts - 1)).clamp(
            min=0, max=len(self._by_cell) - 1
        )
        return torch.where(alone, batch.indices, self._by_cell[partner_index])


def _only(labels: Tensor, count: int) -> Tensor:
    return functional.one_hot(labels, count).float()


ENTRY = MethodEntry(
    "lisa",
    "Images mixed with others of the same class and another value, or of another class and the same value.",
    SelectiveMixing,
    source="Yao 2022",
    options=Options,
    reads=("group labels",),
    varies="each draws other images to mix with",
)
