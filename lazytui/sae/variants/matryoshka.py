"""Matryoshka autoencoders (Bussmann et al. 2025), on BatchTopK as they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.sae.step_loss import StepContext, StepLoss
from lazytui.sae.variants.base import VariantEntry, squared_error
from lazytui.sae.variants.batch_topk import BatchTopK
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder

_SHARES = (1 / 32, 3 / 32, 7 / 32, 15 / 32, 1.0)
"""Of the dictionary, how much each of the nested ones holds."""


class Matryoshka(BatchTopK):
    """The first features alone, in five nested groups, have to explain x too: L is the mean error over the groups."""

    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        z = sae.pre_activations(x)
        f = self.keep_largest_of_batch(sae, z)
        x_hat: Tensor = sae.decoder_bias
        errors = []
        ends = sorted({max(1, round(share * sae.features)) for share in _SHARES})
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            x_hat = x_hat + f[:, start:end] @ sae.decoder[start:end]
            errors.append(squared_error(x, x_hat))
        loss = torch.stack(errors).mean() + self.auxiliary_loss(sae, x - x_hat, z, context)
        return StepLoss(loss, errors[-1], f)


MATRYOSHKA = VariantEntry(
    name="matryoshka",
    summary="The same, and the first features alone have to explain the sample too, in five nested groups.",
    source="Bussmann 2025",
    options=Matryoshka,
)
