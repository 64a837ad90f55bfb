"""Mixup: the network is trained on blends of two images and answers with both digits (Zhang et al. 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.training.methods.base import Method, MethodEntry
from lazytui.training.methods.parts.mixing import Mix, MixOptions, draw_beta, draw_partners, mixed_cross_entropy

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MixOptions):
    mix: Mix = 1.0


class Mixup(Method):
    """CE of s x + (1 - s) x' to s y + (1 - s) y', s ~ Beta(mix, mix) an image (eq. 1); x' is of the same batch."""

    options: Options

    def loss(self, batch: Batch, step: int) -> Tensor:
        generator = self.context.step_generator(step)
        partners = draw_partners(len(batch.labels), generator)
        share = draw_beta(self.options.mix, len(batch.labels), generator)
        mixed = batch.images[partners].lerp(batch.images, share[:, None, None, None])
        return mixed_cross_entropy(self.context.model(mixed), batch.labels, batch.labels[partners], share)


ENTRY = MethodEntry(
    "mixup",
    "Blends of two images, with blended labels: general augmentation, without the attribute.",
    Mixup,
    source="Zhang 2018",
    options=Options,
    varies="each draws other images to mix with",
)
