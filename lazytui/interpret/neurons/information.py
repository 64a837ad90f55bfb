"""How much a neuron's activation tells about digit and color, in bits, and how much chance alone would seem to tell.

Activations are put into eight bins with equally many images each, and a ninth for zeros, which a ReLU makes many of.
For independent variables with B and K values the plug-in estimate of mutual information is too high by
(B - 1)(K - 1) / (2 N ln 2) on average (Miller 1955); that is taken off. 2 N ln 2 times the plug-in estimate then
follows a chi-squared distribution, which gives the bound that chance stays under 95 times in 100.

Whether a neuron tells more of one than of the other goes by the error of the difference, not by that bound, which is of
one estimate and of independence.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import chi2, norm
from torch import Tensor

BINS = 8
CONFIDENCE = 0.95

Floats = NDArray[np.float64]


def quantile_bins(values: Tensor) -> Tensor:
    """(N, C) float -> (N, C) int64: 0 for exactly zero, 1 to 8 by the quantiles of a neuron's other activations.

    Equal activations share a bin, so that a neuron with few different ones fills fewer bins.
    """
    zero = values == 0
    ordered = values.masked_fill(zero, math.inf).T.contiguous().sort(dim=1).values  # five times as fast as along dim 0
    count = (~zero).sum(0)
    bins = (~zero).to(torch.uint8)
    for step in range(1, BINS):
        edge = ordered.gather(1, (count * step // BINS).clamp(max=len(values) - 1)[:, None])[:, 0]
        bins += (values >= edge) & ~zero
    return bins.long()


def contingency(bins: Tensor, *labels: Tensor) -> NDArray[np.int64]:
    """(C, 9, 10, ...) int64: images of each neuron in each bin and with each label.

    bins: (N, C) int64 in 0..8. labels: (N,) int64 in 0..9 each.
    """
    neurons = bins.shape[1]
    shape = (neurons, BINS + 1, *(10 for _ in labels))
    place = torch.arange(neurons, device=bins.device) * (BINS + 1) + bins
    for label in labels:
        place = place * 10 + label[:, None]
    counts: NDArray[np.int64] = torch.bincount(place.flatten(), minlength=math.prod(shape)).cpu().numpy()
    return np.asarray(counts.reshape(shape))


def plug_in(counts: NDArray[np.int64]) -> Floats:
    """(..., B, K) joint counts -> (...) mutual information in bits, as the frequencies have it; 0 without images."""
    total = counts.sum((-2, -1), keepdims=True)
    joint = counts / np.maximum(total, 1)
    expected = joint.sum(-1, keepdims=True) * joint.sum(-2, keepdims=True)
    terms = np.zeros_like(joint)
    seen = joint > 0
    terms[seen] = joint[seen] * np.log2(joint[seen] / expected[seen])
    return np.asarray(terms.sum((-2, -1)))


def freedom(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(..., B, K) joint counts -> (...) degrees of freedom, over the bins and the labels that occur."""
    rows = (counts.sum(-1) > 0).sum(-1)
    columns = (counts.sum(-2) > 0).sum(-1)
    return np.asarray(np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0))


def mutual_information(counts: NDArray[np.int64]) -> Floats:
    """(..., B, K) joint counts -> (...) bits, less what independent variables show on average; it may be below 0."""
    images = np.maximum(counts.sum((-2, -1)), 1)
    return np.asarray(plug_in(counts) - freedom(counts) / (2 * images * math.log(2)))


def chance_bound(counts: NDArray[np.int64]) -> Floats:
    """(..., B, K) joint counts -> (...) bits under which `mutual_information` of independent variables stays 95 % of
    the time."""
    images, degrees = np.maximum(counts.sum((-2, -1)), 1), freedom(counts)
    bound = np.where(degrees > 0, chi2.ppf(CONFIDENCE, np.maximum(degrees, 1)), 0.0)
    return np.asarray((bound - degrees) / (2 * images * math.log(2)))


def difference_margin(counts: NDArray[np.int64]) -> Floats:
    """(C, B, digits, colors) joint counts -> (C,) bits: the 95 % error of I(a; color) - I(a; digit), two-sided.

    At most 5 % of neurons that tell of both alike have a difference beyond it. It is a jackknife's, over images: what
    the difference is without one image of a cell, for each cell. Where a neuron tells of neither, the difference is
    quadratic in the frequencies, its variance 2 (B - 1)(K - 1) / (2 N ln 2)^2 for each of the two, and a jackknife
    finds twice that (Efron and Stein 1981: too much, never too little); so that is taken off once, and is the least
    there is.
    """
    images = counts.sum((1, 2, 3))
    by_digit, by_color = counts.sum(3), counts.sum(2)
    without_one = _without_one(by_color)[:, :, None, :] - _without_one(by_digit)[:, :, :, None]
    share = counts / np.maximum(images, 1)[:, None, None, None]
    mean = (share * without_one).sum((1, 2, 3), keepdims=True)
    jackknife = (images - 1) * (share * (without_one - mean) ** 2).sum((1, 2, 3))
    independent = 2 * (freedom(by_color) + freedom(by_digit)) / (2 * np.maximum(images, 1)) ** 2
    error = np.sqrt(np.maximum(jackknife - independent, independent)) / math.log(2)
    return np.asarray(norm.ppf((1 + CONFIDENCE) / 2) * error)


def _without_one(counts: NDArray[np.int64]) -> Floats:
    """(C, B, K) joint counts -> (C, B, K) nats: the mutual information if one image of that cell weren't there."""
    rows, columns = counts.sum(2, keepdims=True), counts.sum(1, keepdims=True)
    images = np.maximum(counts.sum((1, 2), keepdims=True) - 1, 1)
    parts = (counts, 1), (rows, -1), (columns, -1)
    whole = sum(sign * xlogy(n, n).sum((1, 2), keepdims=True) for n, sign in parts)
    less = sum(sign * (xlogy(np.maximum(n - 1, 0), np.maximum(n - 1, 0)) - xlogy(n, n)) for n, sign in parts)
    return np.asarray((whole + less) / images + np.log(images))


def conditional_information(counts: NDArray[np.int64]) -> Floats:
    """I(activation; digit given color): (C, B, digits, colors) joint counts -> (C,) bits, less the null bias."""
    by_color = np.moveaxis(counts, -1, 1)
    share = by_color.sum((-2, -1)) / np.maximum(counts.sum((-3, -2, -1)), 1)[:, None]
    return np.asarray((share * mutual_information(by_color)).sum(1))
