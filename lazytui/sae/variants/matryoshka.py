"""Matryoshka autoencoders (Bussmann et al. 2025), on BatchTopK as they are published."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.sae.autoencoder import Moment, Step, squared_error
from lazytui.sae.variants.batch_topk import BatchTopK

_SHARES = (1 / 32, 3 / 32, 7 / 32, 15 / 32, 1.0)
"""Of the dictionary, how much each of the nested ones holds."""


class Matryoshka(BatchTopK):
    """The first features alone, in five nested groups, have to explain x too: L is the mean error over the groups."""

    def __init__(self, dimensions: int, features: int, random: torch.Generator, *, k: float) -> None:
        super().__init__(dimensions, features, random, k=k)
        self.ends = sorted({max(1, round(share * features)) for share in _SHARES})

    def step(self, x: Tensor, moment: Moment) -> Step:
        before = self.before(x)
        f = self.strongest(before)
        x_hat: Tensor = self.decoder_bias
        errors = []
        for start, end in zip([0, *self.ends[:-1]], self.ends, strict=True):
            x_hat = x_hat + f[:, start:end] @ self.decoder[start:end]
            errors.append(squared_error(x, x_hat))
        loss = torch.stack(errors).mean() + self.revival(x - x_hat, before, moment)
        return Step(loss, errors[-1], f)
