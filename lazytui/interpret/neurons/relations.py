"""How a layer's neurons relate to one another: correlation, shared information, and how many directions they span."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from torch import Tensor

from lazytui.data.information import Floats
from lazytui.interpret.neurons.information import BINS


def correlation(values: Tensor) -> Floats:
    """(N, C) activations -> (C, C) Pearson correlations in [-1, 1]; 0 with a neuron that never varies."""
    centered = values.cpu().double() - values.cpu().double().mean(0)
    deviation = centered.square().sum(0).sqrt()
    scaled = centered / deviation.masked_fill(deviation == 0, 1)
    return np.asarray((scaled.T @ scaled).clamp(-1, 1).numpy())


def shared_information(bins: Tensor) -> Floats:
    """(N, C) int64 bins -> (C, C) normalized mutual information in [0, 1]: 2 I(a; b) / (H(a) + H(b)).

    1 with itself, also for a neuron of a single bin, as scikit-learn has it.
    """
    images, neurons = bins.shape
    hot = torch.nn.functional.one_hot(bins, BINS + 1).reshape(images, -1).float()
    joint = (hot.T @ hot).cpu().double().numpy().reshape(neurons, BINS + 1, neurons, BINS + 1) / images
    own = np.einsum("aiai->ai", joint)
    entropy = -(own * _log(own)).sum(1)
    together = -(joint * _log(joint)).sum((1, 3))
    information = np.clip(entropy[:, None] + entropy - together, 0, None)
    total = entropy[:, None] + entropy
    shared = np.divide(2 * information, total, out=np.zeros_like(total), where=total > 0)
    np.fill_diagonal(shared, 1.0)
    return np.asarray(shared)


def clustered(similarity: Floats) -> NDArray[np.int64]:
    """(C,) int64: an order in which similar neurons are neighbours (average linkage). similarity: (C, C), at most 1."""
    if len(similarity) < 3:
        return np.arange(len(similarity))
    distance = np.clip(1 - (similarity + similarity.T) / 2, 0, None)
    np.fill_diagonal(distance, 0)
    return np.asarray(leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True)), int)


def spectrum(values: Tensor) -> Floats:
    """(N, C) activations -> (min(N, C),) variances along the principal components, largest first."""
    centered = values.cpu().double() - values.cpu().double().mean(0)
    return np.asarray((torch.linalg.svdvals(centered).square() / max(len(values) - 1, 1)).numpy())


def participation_ratio(variances: Floats) -> float:
    """(sum of variances)^2 / sum of squares: how many directions share the variance; 0 where there is none."""
    squares = float((variances**2).sum())
    return float(variances.sum()) ** 2 / squares if squares > 0 else 0.0


def components_for(variances: Floats, share: float) -> int:
    """How many components hold that share of the variance; 0 where there is none."""
    total = float(variances.sum())
    return int(np.searchsorted(np.cumsum(variances) / total, share - 1e-12)) + 1 if total > 0 else 0


def _log(p: Floats) -> Floats:
    return np.asarray(np.log(p, out=np.zeros_like(p), where=p > 0))
