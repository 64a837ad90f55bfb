"""The logits of many images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lazytui.data.resident import to_float
from lazytui.evaluation.predict import evaluating
from lazytui.interpret.saliency.batches import in_batches
from lazytui.interpret.saliency.survey import device_of


def logits_of(model: nn.Module, images: NDArray[np.uint8], told: Callable[[str], None]) -> NDArray[np.float32]:
    """(n, 28, 28, 3) uint8 -> (n, 10) float32. told: hears that memory is short."""
    device = device_of(model)
    with torch.no_grad(), evaluating(model):
        parts = [
            done
            for _, done in in_batches(
                lambda part: model(to_float(torch.from_numpy(images[part]).to(device))).float().cpu(),
                len(images),
                told,
            )
        ]
    return torch.cat(parts).numpy()
