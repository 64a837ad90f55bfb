"""The logits of many images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.saliency.split_maps import BATCH, device_of


def logits_of(model: nn.Module, images: NDArray[np.uint8], note: Callable[[str], None]) -> NDArray[np.float32]:
    """(n, 28, 28, 3) uint8 -> (n, 10) float32. told: hears that memory is short."""
    device = device_of(model)

    def work(part: slice) -> Tensor:
        logits: Tensor = model(to_float(torch.from_numpy(images[part]).to(device)))
        return logits.float().cpu()

    with torch.no_grad(), evaluation_mode(model):
        return torch.cat(run_in_batches(work, len(images), BATCH, note)).numpy()
