"""BatchTopK (Bussmann et al. 2024, "BatchTopK sparse autoencoders")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.sae.variants.base import VariantEntry
from lazytui.sae.variants.topk import TopK
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder

_DECAY = 0.99
"""How much of the threshold is kept at each step."""


class BatchTopK(TopK):
    """While it trains, a batch of N keeps its N k largest values; afterwards those over a threshold are kept, a running
    mean of the smallest value that batches kept. The loss is TopK's.

    threshold: a single number.
    """

    def buffers(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        return {"threshold": torch.zeros(())}

    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        z = sae.pre_activations(x).relu()
        return z * (z > sae.get_buffer("threshold"))

    def reconstruct(self, sae: Autoencoder, z: Tensor) -> tuple[Tensor, Tensor]:
        f = self.keep_largest_of_batch(sae, z)
        return f, sae.decode(f)

    def keep_largest_of_batch(self, sae: Autoencoder, z: Tensor) -> Tensor:
        """(N, n) -> (N, n): the batch's N k largest values where they are positive, and 0. Moves the threshold."""
        from lazytui.hooks.top_k import top_values

        positive = z.relu()
        smallest = top_values(positive.flatten(), len(z) * self.k).amin()
        sae.get_buffer("threshold").lerp_(smallest, 1 - _DECAY)
        return positive * (positive >= smallest)

    def rescale(self, sae: Autoencoder, factor: float) -> None:
        sae.get_buffer("threshold").mul_(factor)


BATCH_TOPK = VariantEntry(
    name="batch-topk",
    summary="A batch keeps its strongest features, k per sample on average; after training a threshold replaces that.",
    source="Bussmann 2024",
    options=BatchTopK,
)
