"""Dead features drawn anew, toward samples that are explained badly (Bricken et al. 2023)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim import Optimizer

from lazytui.sae.autoencoder import Autoencoder

_SHORTER = 0.2
"""A new encoder's length, of the mean of those that are alive."""


@torch.no_grad()
def resample(model: Autoencoder, optimizer: Optimizer, dead: Tensor, samples: Tensor, random: torch.Generator) -> None:
    """Give each dead feature (m,) int64 the residual of one of these samples (N, d) as its direction.

    Samples are drawn with a probability proportional to their squared loss; what the optimizer remembers of the
    feature is forgotten.
    """
    residual = samples - model(samples)
    weight = residual.square().sum(1).square()
    chosen = torch.multinomial(weight.cpu() + 1e-30, len(dead), replacement=True, generator=random)
    direction = residual[chosen.to(samples.device)]
    direction = direction / direction.norm(dim=1, keepdim=True).clamp(min=1e-12)
    alive = torch.ones(model.features, dtype=torch.bool, device=samples.device)
    alive[dead] = False
    length = model.encoder[:, alive].norm(dim=0).mean() if bool(alive.any()) else 1.0
    model.decoder[dead] = direction
    model.encoder[:, dead] = _SHORTER * length * direction.T
    model.encoder_bias[dead] = 0
    for parameter, rows in ((model.decoder, dead), (model.encoder, (slice(None), dead)), (model.encoder_bias, dead)):
        for name in ("exp_avg", "exp_avg_sq"):
            optimizer.state[parameter][name][rows] = 0
