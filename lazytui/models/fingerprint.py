"""What distinguishes a network's weights from all others."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from lazytui.models.weights_reading import Weights


def fingerprint(model: nn.Module) -> str:
    """SHA-256 (hexadecimal) of the names, dtypes, shapes and bytes of all parameters and buffers.

    Device, memory format and mode don't matter. What was computed from a network keeps this, so that it is never
    applied to another one.
    """
    return digest_weights(weights_of(model))


def weights_of(model: nn.Module) -> Weights:
    """Each tensor in its own contiguous memory on the CPU, so that tied weights can be written too."""
    return {name: value.detach().cpu().contiguous().clone() for name, value in model.state_dict().items()}


def digest_weights(weights: Weights) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(weights.items()):
        digest.update(f"{name}\0{value.dtype}\0{tuple(value.shape)}\0".encode())
        digest.update(value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
