"""What the network says of all training samples, as it stands."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import evaluation_mode, probabilities
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench


def predictions(bench: Bench) -> Tensor:
    """(n,) int64 on the device."""
    return log_probabilities(bench).argmax(1)


def log_probabilities(bench: Bench) -> Tensor:
    """(n, 10) float32 on the device."""
    found = probabilities(bench.model, bench.data.train.images, bench.hardware)
    return torch.from_numpy(found).to(bench.hardware.device).clamp(min=1e-38).log()


@torch.no_grad()
def features(bench: Bench, images: NDArray[np.uint8]) -> Tensor:
    """(n, d) float32 on the device: the penultimate activations for images (n, 28, 28, 3)."""
    model, pixels = split_model(bench), torch.from_numpy(images)
    with evaluation_mode(model), bench.hardware.autocast():
        parts = torch.split(pixels, bench.hardware.batch_size)
        chunks = [model.features(to_float(part.to(bench.hardware.device))).float() for part in parts]
    return torch.cat(chunks)
