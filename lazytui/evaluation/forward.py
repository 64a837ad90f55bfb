"""Running a network on many images, in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lazytui.data.device_split import to_float
from lazytui.system.hardware import Hardware


def probabilities(model: nn.Module, images: NDArray[np.uint8], hardware: Hardware) -> NDArray[np.float32]:
    """(n, 28, 28, 3) uint8 images -> (n, 10) float32 class probabilities, in batches of `hardware.batch_size`."""
    size = hardware.batch_size
    with torch.inference_mode(), evaluation_mode(model), hardware.autocast():
        chunks = [
            model(to_float(torch.from_numpy(images[start : start + size]).to(hardware.device))).float()
            for start in range(0, len(images), size)
        ]
        logits = torch.cat(chunks) if chunks else torch.empty(0, 10)
        result: NDArray[np.float32] = logits.softmax(1).cpu().numpy()
    return result


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Within the block the network is in evaluation mode; afterwards each module is back in its former mode."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def device_of(model: nn.Module) -> torch.device:
    """The device of its parameters; the CPU for a network without any."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
