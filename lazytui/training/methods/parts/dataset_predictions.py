"""What the network says of all training samples, as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from lazytui.models.architectures.classifier import FeaturesAndHead
    from lazytui.system.hardware import Hardware
    from lazytui.training.methods.base import MethodContext


def predictions(context: MethodContext) -> Tensor:
    """(n,) int64 on the device."""
    return log_probabilities(context).argmax(1)


def log_probabilities(context: MethodContext) -> Tensor:
    """(n, classes) float32 on the device."""
    from lazytui.evaluation.forward import probabilities

    predicted = probabilities(context.model, context.data.train.images, context.hardware)
    return torch.from_numpy(predicted).to(context.hardware.device).clamp(min=1e-38).log()


def features(model: FeaturesAndHead, images: NDArray[np.uint8], hardware: Hardware) -> Tensor:
    """(n, d) float32 on the device: the penultimate activations for images (n, h, w, 3)."""
    from lazytui.data.device_split import to_float
    from lazytui.evaluation.forward import evaluation_mode

    with torch.no_grad(), evaluation_mode(model), hardware.autocast():
        parts = torch.split(torch.from_numpy(images), hardware.batch_size)
        chunks = [model.features(to_float(part.to(hardware.device))).float() for part in parts]
    return torch.cat(chunks)
