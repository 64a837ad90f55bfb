"""Weights to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save
from torch import nn

from lazytui.files.writing import write_atomic
from lazytui.models.fingerprint import digest_weights, weights_of
from lazytui.models.weights_header import pack


def save_weights(model: nn.Module, path: Path, *, metadata: Mapping[str, str]) -> None:
    """Write parameters and buffers as safetensors, whole or not at all; same weights and metadata give the same bytes.

    metadata must hold "model", the architecture's name; the format and the weights' fingerprint are added.
    Raises BadInput where the file can't be written.
    """
    if "model" not in metadata:
        raise ValueError("metadata needs the model's name")
    weights = weights_of(model)
    write_atomic(path, save(weights, pack({**metadata, "fingerprint": digest_weights(weights)})))
