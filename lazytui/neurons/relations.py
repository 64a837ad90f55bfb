"""Relations among a layer's neurons: correlation, shared information, clustering, and dimensionality."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.special import xlogy
from torch import Tensor
from torch.nn.functional import one_hot

from lazytui.data.mutual_information import Floats
from lazytui.neurons.neuron_information import BINS

_SHUFFLES = 2
"""Random orders; each gives two tables for every pair of neurons."""


def correlation(values: Tensor) -> Floats:
    """(N, C) activations -> (C, C) Pearson correlations in [-1, 1]; 0 with a neuron that never varies."""
    centered = values.cpu().double() - values.cpu().double().mean(0)
    deviation = centered.square().sum(0).sqrt()
    scaled = centered / deviation.masked_fill(deviation == 0, 1)
    return np.asarray((scaled.T @ scaled).clamp(-1, 1).numpy())


def shared_information(bins: Tensor) -> Floats:
    """(N, C) int64 bins -> (C, C) adjusted mutual information: (I(a; b) - E) / ((H(a) + H(b)) / 2 - E), at most 1.

    E is the mean once the images of one are shuffled (Vinh, Epps and Bailey 2010), so that independent neurons have 0
    on average, and may be slightly below. It is estimated from a few fixed shuffles; the exact mean takes minutes for
    hundreds of neurons. 1 with itself, even for a neuron with a single bin.
    """
    hot = one_hot(bins, BINS + 1).reshape(len(bins), -1).float()
    joint = _joint(hot, hot)
    entropy = -xlogy(own := np.einsum("aiai->ai", joint), own).sum(1)
    total = entropy[:, None] + entropy
    random = torch.Generator().manual_seed(0)
    orders = [torch.randperm(len(bins), generator=random).to(bins.device) for _ in range(_SHUFFLES)]
    shuffled = np.mean([_information(_joint(hot, hot[order]), total) for order in orders], axis=0)
    chance = (shuffled + shuffled.T) / 2
    most = total / 2 - chance
    shared = np.divide(_information(joint, total) - chance, most, out=np.zeros_like(total), where=most > 1e-9)
    np.fill_diagonal(shared, 1.0)
    return np.asarray(np.minimum(shared, 1.0))


def _joint(one: Tensor, other: Tensor) -> Floats:
    """Two (N, C * 9) one-hot encodings of bins -> (C, 9, C, 9) shares of images."""
    neurons = one.shape[1] // (BINS + 1)
    counts = (one.T @ other).cpu().double().numpy()
    return np.asarray(counts.reshape(neurons, BINS + 1, neurons, BINS + 1) / len(one))


def _information(joint: Floats, total: Floats) -> Floats:
    """(C, C) mutual information in nats, from joint shares and the sums of entropies."""
    return np.asarray(total + xlogy(joint, joint).sum((1, 3)))


def cluster_order(similarity: Floats) -> NDArray[np.int64]:
    """(C,) int64: an order with similar neurons side by side (average linkage). similarity: (C, C), at most 1."""
    if len(similarity) < 3:
        return np.arange(len(similarity))
    distance = np.clip(1 - (similarity + similarity.T) / 2, 0, None)
    np.fill_diagonal(distance, 0)
    return np.asarray(leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True)), int)


def variance_spectrum(values: Tensor) -> Floats:
    """(N, C) activations -> (min(N, C),) variances along the principal components, largest first."""
    centered = values.cpu().double() - values.cpu().double().mean(0)
    return np.asarray((torch.linalg.svdvals(centered).square() / max(len(values) - 1, 1)).numpy())


def participation_ratio(variances: Floats) -> float:
    """(sum of variances)^2 / sum of squares: the effective number of dimensions; 0 without variance."""
    squares = float((variances**2).sum())
    return float(variances.sum()) ** 2 / squares if squares > 0 else 0.0


def count_components(variances: Floats, share: float) -> int:
    """The number of components that hold that share of the variance; 0 without variance."""
    total = float(variances.sum())
    return int(np.searchsorted(np.cumsum(variances) / total, share - 1e-12)) + 1 if total > 0 else 0
