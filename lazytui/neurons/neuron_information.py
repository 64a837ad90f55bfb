"""Mutual information of a neuron's activation with label and attribute, in bits, and the error of their difference.

Activations are put into eight bins with equally many images each and a ninth for zeros, which are many after a ReLU;
into fewer if a cell of a bin and a label would hold less than five images on average. Whether a neuron has more
information on one than on the other is decided by the error of the difference, not by the bound for independence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri, xlogy
from torch import Tensor

from lazytui.data.mutual_information import CONFIDENCE, Floats, degrees_of_freedom, mutual_information

BINS = 8
_PER_LABEL = 5
"""Images a bin on average for each of the labels."""


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


def merge_small_bins(bins: Tensor, labels: int = 10) -> Tensor:
    """(N, C) int64 of `quantile_bins` -> (N, C) int64, neighbors merged until each bin holds five images a label.

    Two bins always remain, so active and inactive stay apart however few are active. Few zeros join the weakest others.
    """
    sizes = torch.zeros(BINS + 1, bins.shape[1], dtype=torch.int64, device=bins.device)
    sizes.scatter_add_(0, bins, torch.ones_like(bins))
    joined = torch.empty_like(sizes)
    number, count = torch.zeros_like(sizes[0]), torch.zeros_like(sizes[0])
    for old in range(BINS + 1):
        joined[old] = number
        count = count + sizes[old]
        full = count >= _PER_LABEL * labels
        number, count = number + full, count.masked_fill(full, 0)
    last_of_many = (joined == number) & (count > 0) & (number > 1)
    return (joined - last_of_many.long()).gather(0, bins)


def joint_counts(bins: Tensor, *labels: Tensor, sizes: Sequence[int] | None = None) -> NDArray[np.int64]:
    """(C, 9, *sizes) int64: number of images in each bin of each neuron with each label.

    bins: (N, C) int64 in 0..8. labels: (N,) int64 each. sizes: how many different ones there are of each; by default
    up to the largest that occurs.
    """
    neurons = bins.shape[1]
    sizes = [int(label.max()) + 1 for label in labels] if sizes is None else sizes
    shape = (neurons, BINS + 1, *sizes)
    cell = torch.arange(neurons, device=bins.device) * (BINS + 1) + bins
    for label, size in zip(labels, sizes, strict=True):
        cell = cell * size + label[:, None]
    counts: NDArray[np.int64] = torch.bincount(cell.flatten(), minlength=math.prod(shape)).cpu().numpy()
    return np.asarray(counts.reshape(shape))


def difference_margin(counts: NDArray[np.int64]) -> Floats:
    """(C, B, labels, attributes) joint counts -> (C,) bits: the 95 % error of I(a; attribute) - I(a; label), two-sided.

    At most 5 % of neurons with equal information on both have a larger difference. It is a jackknife estimate over
    images: the difference without one image of a cell, for each cell. The number of images of a group is
    fixed by design, so only the variation within such a group counts: with all variation, the error of a neuron tuned
    to single labels came out two to six times too large.

    A jackknife counts terms quadratic in the frequencies twice (Efron and Stein 1981: it is biased upward). For a
    neuron without information these are all there is, 2 (B - 1)(K - 1) / (2 N ln 2)^2 for each of the two, which is
    also the minimum. So that is subtracted once, and less of it for neurons with information.
    """
    images = counts.sum((1, 2, 3))
    by_label, by_attribute = counts.sum(3), counts.sum(2)
    without_one = _without_one(by_attribute)[:, :, None, :] - _without_one(by_label)[:, :, :, None]
    jackknife = (np.maximum(images, 1) - 1) * _within_labels(counts, without_one) / np.maximum(images, 1)
    independent = (
        2 * (degrees_of_freedom(by_attribute) + degrees_of_freedom(by_label)) / (2 * np.maximum(images, 1)) ** 2
    )
    jackknife = np.maximum(jackknife, independent)
    twice = 2 * independent * np.divide(independent, jackknife, out=np.zeros_like(jackknife), where=jackknife > 0)
    error = np.sqrt(np.maximum(jackknife - twice, independent)) / math.log(2)
    return np.asarray(ndtri((1 + CONFIDENCE) / 2) * error)


def _within_labels(counts: NDArray[np.int64], values: Floats) -> Floats:
    """(C, B, labels, attributes) counts and values -> (C,): unbiased sum over images of squared deviations from the
    mean of images with the same labels. An image that is alone with its labels deviates from the mean of all."""
    alike = counts.sum(1, keepdims=True)
    overall = (counts * values).sum((1, 2, 3), keepdims=True) / np.maximum(counts.sum((1, 2, 3), keepdims=True), 1)
    mean = np.where(alike > 1, (counts * values).sum(1, keepdims=True) / np.maximum(alike, 1), overall)
    unbiased = np.where(alike > 1, alike / np.maximum(alike - 1, 1), 1)
    return np.asarray((counts * unbiased * (values - mean) ** 2).sum((1, 2, 3)))


def _without_one(counts: NDArray[np.int64]) -> Floats:
    """(C, B, K) joint counts -> (C, B, K) nats: the mutual information without one image of that cell."""
    rows, columns = counts.sum(2, keepdims=True), counts.sum(1, keepdims=True)
    images = np.maximum(counts.sum((1, 2), keepdims=True) - 1, 1)
    parts = (counts, 1), (rows, -1), (columns, -1)
    total = sum(sign * xlogy(n, n).sum((1, 2), keepdims=True) for n, sign in parts)
    less = sum(sign * (xlogy(np.maximum(n - 1, 0), np.maximum(n - 1, 0)) - xlogy(n, n)) for n, sign in parts)
    return np.asarray((total + less) / images + np.log(images))


def conditional_information(counts: NDArray[np.int64]) -> Floats:
    """I(activation; label given attribute): (C, B, labels, attributes) joint counts -> (C,) bits, minus the mean for
    shuffled labels."""
    by_attribute = np.moveaxis(counts, -1, 1)
    share = by_attribute.sum((-2, -1)) / np.maximum(counts.sum((-3, -2, -1)), 1)[:, None]
    return np.asarray((share * mutual_information(by_attribute)).sum(1))
