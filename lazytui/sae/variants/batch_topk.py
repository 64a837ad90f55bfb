"""BatchTopK (Bussmann et al. 2024)."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.hooks.top_k import top_values
from lazytui.sae.variants.topk import TopK

_MEMORY = 0.99
"""How much of the threshold is kept at each step."""


class BatchTopK(TopK):
    """While it trains, a batch of N keeps its N k largest values; afterwards those over a threshold are kept, a running
    mean of the smallest value that batches kept. The loss is TopK's.

    threshold: a single number.
    """

    def __init__(self, dimensions: int, features: int, random: torch.Generator, *, k: float) -> None:
        super().__init__(dimensions, features, random, k=k)
        self.threshold: Tensor
        self.register_buffer("threshold", torch.zeros(()))

    def encode(self, x: Tensor) -> Tensor:
        before = self.before(x).relu()
        return before * (before > self.threshold)

    def explained(self, before: Tensor) -> tuple[Tensor, Tensor]:
        f = self.strongest(before)
        return f, self.decode(f)

    def strongest(self, before: Tensor) -> Tensor:
        positive = before.relu()
        smallest = top_values(positive.flatten(), len(before) * self.k).amin()
        self.threshold.lerp_(smallest, 1 - _MEMORY)
        return positive * (positive >= smallest)

    @torch.no_grad()
    def rescale(self, factor: float) -> None:
        super().rescale(factor)
        self.threshold.mul_(factor)
