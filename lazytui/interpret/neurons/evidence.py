"""The images that a neuron responds to: the strongest, and one from each stretch of its responses."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TOP = 8
QUANTILES = 8


def strongest_images(values: Tensor) -> NDArray[np.int64]:
    """(N, C) activations -> (C, 8) indices of the images with the largest, largest first."""
    found: NDArray[np.int64] = values.topk(min(TOP, len(values)), dim=0).indices.T.cpu().numpy()
    return found


def quantile_images(values: Tensor) -> NDArray[np.int64]:
    """(N, C) activations -> (C, 8) indices of the images in the middle of each eighth, weakest first.

    The strongest images alone can deceive: what a neuron likes best need not be what it mostly responds to.
    """
    ordered = values.argsort(dim=0, stable=True)
    middles = torch.arange(QUANTILES, device=values.device) * 2 + 1
    found: NDArray[np.int64] = ordered[middles * len(values) // (2 * QUANTILES)].T.cpu().numpy()
    return found
