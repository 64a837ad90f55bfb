"""Dataset exemplars of a neuron or feature: the images with the strongest responses, and one of each quantile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.splits import Split

TOP = 8
QUANTILES = 8


def strongest_images(values: Tensor) -> NDArray[np.int64]:
    """(N, C) activations -> (C, 8) indices of the images with the largest, largest first."""
    return np.asarray(values.topk(min(TOP, len(values)), dim=0).indices.T.cpu().numpy())


def quantile_images(values: Tensor) -> NDArray[np.int64]:
    """(N, C) activations -> (C, 8) indices of the images in the middle of each eighth, weakest first.

    The strongest images alone mislead: what excites a neuron most need not be what it usually responds to.
    """
    ordered = values.argsort(dim=0, stable=True)
    middles = torch.arange(QUANTILES, device=values.device) * 2 + 1
    return np.asarray(ordered[middles * len(values) // (2 * QUANTILES)].T.cpu().numpy())


def dataset_exemplars(
    values: Tensor, units: NDArray[np.int64], split: Split, choose_others: Callable[[Tensor], NDArray[np.int64]]
) -> dict[str, NDArray[Any]]:
    """The exemplars of some units as arrays to save: each image once, and each unit's indices into those.

    values: (N, C) activations on `split`. units: (P,) indices of the C. choose_others: (N, P) activations -> (P, 8)
    indices of the images besides the strongest, such as `quantile_images`.
    """
    selected = values[:, torch.from_numpy(units).to(values.device)]
    top, others = strongest_images(selected), choose_others(selected)
    images, positions = np.unique(np.concatenate([top, others], axis=1), return_inverse=True)
    positions, own = positions.reshape(len(units), top.shape[1] + others.shape[1]), selected.T.cpu().numpy()
    return {
        "units": units,
        "images": split.images[images],
        "labels": split.labels[images],
        "attributes": split.attributes[images],
        "top": positions[:, : top.shape[1]].astype(np.int32),
        "top_values": np.take_along_axis(own, top, 1),
        "quantiles": positions[:, top.shape[1] :].astype(np.int32),
        "quantile_values": np.take_along_axis(own, others, 1),
    }
