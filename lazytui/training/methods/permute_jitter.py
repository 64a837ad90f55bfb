"""Permuted channels and color jitter: color tells nothing any more (study E). Bends the rules."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.color_jitter import ColorJitter


class PermuteJitter(Method):
    """Cross-entropy of images whose channels are shuffled and whose colors are jittered, each image by itself."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._jitter = ColorJitter.chosen(bench, permute=True)

    def loss(self, batch: Batch, step: int) -> Tensor:
        recolored = self._jitter(batch.images, self.bench.step_generator(step))
        return cross_entropy(self.bench.model(recolored), batch.digits)
