"""Neurons whose part is known because it was planted, and a small network to ask about its own."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from lazytui.neurons.activations import Activations

Labels = NDArray[np.uint8]


def factorial_labels(repeats: int) -> tuple[Labels, Labels]:
    """Every digit in every color, so many times each."""
    cells = np.tile(np.arange(100), repeats)
    return (cells // 10).astype(np.uint8), (cells % 10).astype(np.uint8)


def activations(*columns: NDArray[np.float64]) -> Activations:
    values = torch.from_numpy(np.stack(columns, axis=1)).float()
    return Activations(values, values)
