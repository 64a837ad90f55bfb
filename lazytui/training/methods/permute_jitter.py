"""Permuted channels and color jitter: color becomes uninformative (study E). It alters training images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import Method, MethodContext, MethodEntry
from lazytui.training.methods.parts.color_jitter import (
    Brightness,
    ColorJitter,
    Contrast,
    Hue,
    JitterOptions,
    Saturation,
)

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(JitterOptions):
    brightness: Brightness = 0.3
    contrast: Contrast = 0.3
    saturation: Saturation = 0.5
    hue: Hue = 0.5


class PermuteJitter(Method):
    """Cross-entropy of images whose channels are shuffled and whose colors are jittered, each image by itself."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._jitter = ColorJitter(self.options, permute=True)

    def loss(self, batch: Batch, step: int) -> Tensor:
        recolored = self._jitter(batch.images, self.context.step_generator(step))
        return functional.cross_entropy(self.context.model(recolored), batch.labels)


ENTRY = MethodEntry(
    "permute-jitter",
    "Shuffled channels and jittered colors, so that color carries no information.",
    PermuteJitter,
    source="study E",
    options=Options,
    alters_images=True,
    varies="each draws other colors",
)
