"""Mutual information of two labels in bits, from joint counts, corrected for chance; and its bound.

The plug-in estimate of independent variables is biased upward: by (B - 1)(K - 1) / (2 N ln 2) on average if cells hold
many images (Miller 1955), by up to a fifth more if they hold few. So its exact mean over all ways to shuffle one of the
labels is subtracted, where cells are hypergeometric (Vinh, Epps and Bailey 2010). The bound, the 95th percentile of
independent variables, assumes a chi-squared distribution scaled to that mean.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, gammaln, xlogy

CONFIDENCE = 0.95
_EXACT = 100_000
"""Images up to which the mean is exact; with more, Miller's formula is accurate and the exact mean slow."""

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def plug_in_estimate(counts: Counts) -> Floats:
    """(..., B, K) joint counts -> (...) mutual information of the frequencies, in bits; 0 without images."""
    total = counts.sum((-2, -1))
    own = xlogy(counts, counts).sum((-2, -1))
    return _from_sums(own, counts.sum(-1), counts.sum(-2), total)


def degrees_of_freedom(counts: Counts) -> NDArray[np.int64]:
    """(..., B, K) joint counts -> (...) degrees of freedom, of rows and columns that occur."""
    rows = (counts.sum(-1) > 0).sum(-1)
    columns = (counts.sum(-2) > 0).sum(-1)
    return np.asarray(np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0))


def chance_level(counts: Counts) -> Floats:
    """(..., B, K) joint counts -> (...) bits: the mean of `plug_in_estimate` over all shuffles of one of the labels."""
    rows, columns, totals = counts.sum(-1), counts.sum(-2), counts.sum((-2, -1))
    own = np.zeros(totals.shape)
    exact = totals <= _EXACT
    for total in np.unique(totals[exact]):
        same_total = totals == total
        own[same_total] = _mean_over_shuffles(rows[same_total], columns[same_total], int(total))
    miller = degrees_of_freedom(counts) / (2 * np.maximum(totals, 1).astype(np.float64) * math.log(2))
    return np.asarray(np.where(exact, _from_sums(own, rows, columns, totals), miller))


def mutual_information(counts: Counts) -> Floats:
    """(..., B, K) joint counts -> (...) bits, minus the mean for shuffled labels; may be negative."""
    return np.asarray(plug_in_estimate(counts) - chance_level(counts))


def chance_bound(counts: Counts) -> Floats:
    """(..., B, K) joint counts -> (...) bits: the 95th percentile of `mutual_information` for independent variables."""
    degrees = np.maximum(degrees_of_freedom(counts), 1)
    return np.asarray(chance_level(counts) * (chdtri(degrees, 1 - CONFIDENCE) / degrees - 1))


def _from_sums(own: Floats, rows: Counts, columns: Counts, total: NDArray[np.int64]) -> Floats:
    """Bits, from the sum of n ln n over cells, (...), and the counts of rows (..., B) and columns (..., K)."""
    margins = xlogy(rows, rows).sum(-1) + xlogy(columns, columns).sum(-1)
    nats = (own - margins) / np.maximum(total, 1) + np.log(np.maximum(total, 1))
    return np.asarray(np.maximum(nats, 0) / math.log(2))


def _mean_over_shuffles(rows: Counts, columns: Counts, total: int) -> Floats:
    """(n, B) and (n, K) counts of so many images -> (n,) mean over shuffled tables of the sum of h ln h over cells."""
    log_factorial = gammaln(np.arange(total + 1) + 1.0)
    row_counts, row_of = np.unique(rows, return_inverse=True)
    column_counts, column_of = np.unique(columns, return_inverse=True)
    mean = np.stack([_mean_of_cells(row_counts, int(column), log_factorial) for column in column_counts], axis=1)
    cells = mean[row_of.reshape(rows.shape)[:, :, None], column_of.reshape(columns.shape)[:, None, :]]
    return np.asarray(cells.sum((1, 2)))


def _mean_of_cells(rows: Counts, column: int, log_factorial: Floats) -> Floats:
    """(n,) counts of rows -> (n,) mean of h ln h, where h of a row's images have the column's label: hypergeometric."""
    total = len(log_factorial) - 1
    h = np.arange(column + 1)
    row = rows[:, None]
    possible = (h <= row) & (h >= row + column - total)

    def log_ways(of: NDArray[np.int64] | int, chosen: NDArray[np.int64]) -> Floats:
        chosen = np.clip(chosen, 0, of)
        return np.asarray(log_factorial[of] - log_factorial[chosen] - log_factorial[of - chosen])

    ways = log_ways(column, h) + log_ways(total - column, row - h) - log_ways(total, row)
    return np.asarray((np.where(possible, np.exp(ways), 0) * xlogy(h, h)).sum(1))
