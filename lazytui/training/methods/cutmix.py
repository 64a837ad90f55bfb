"""CutMix: a rectangle of another image is pasted in, and the answer is shared by area (Yun et al. 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import Method, MethodEntry
from lazytui.training.methods.parts.mixing import Mix, MixOptions, draw_beta, draw_partners, mixed_cross_entropy

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.device_split import Batch


class Options(MixOptions):
    mix: Mix = 1.0


class CutMix(Method):
    """CE of x with a rectangle of x' to s y + (1 - s) y' (eq. 1); s is the share of pixels that are left of x."""

    options: Options

    def loss(self, batch: Batch, step: int) -> Tensor:
        generator = self.context.step_generator(step)
        partners = draw_partners(len(batch.labels), generator)
        share = draw_beta(self.options.mix, len(batch.labels), generator)
        pasted = rectangles(1 - share, batch.images.shape[2], batch.images.shape[3], generator)
        mixed = torch.where(pasted[:, None], batch.images[partners], batch.images)
        left = 1 - pasted.float().mean((1, 2))
        return mixed_cross_entropy(self.context.model(mixed), batch.labels, batch.labels[partners], left)


def rectangles(areas: Tensor, height: int, width: int, generator: Generator) -> Tensor:
    """(n, h, w) bool: in each image a rectangle of its shape, of that share of the area, centered anywhere (eq. 2).

    areas: (n,) in [0, 1]. What of a rectangle lies beyond the image is cut off, so that it may be smaller.
    """
    centers = torch.rand(2, len(areas), generator=generator, device=generator.device)
    inside = []
    for side, center in ((height, centers[0]), (width, centers[1])):
        pixels = torch.arange(side, device=generator.device)
        reach = areas.sqrt() / 2 * side
        inside.append((pixels + 0.5 - (center * side)[:, None]).abs() < reach[:, None])
    return inside[0][:, :, None] & inside[1][:, None, :]


ENTRY = MethodEntry(
    "cutmix",
    "Rectangles of other images pasted in, labels mixed by area: general augmentation, without the attribute.",
    CutMix,
    source="Yun 2019",
    options=Options,
    varies="each draws other rectangles",
)
