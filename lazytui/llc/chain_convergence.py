"""Convergence diagnostics of chains: split R-hat, effective sample size, drift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]
"""(chains, n): a quantity along each chain, without burn-in."""


def split_r_hat(draws: Draws) -> float:
    """Split R-hat: sqrt of the variance over all half chains / that within (Gelman et al. 2013, section 11.4).

    About 1 for converged chains, 1.2 and more otherwise. NaN for constant chains.
    """
    halves = _halves(draws)
    within, overall = _variances(halves)
    return float(np.sqrt(overall / within)) if within > 0 else float("nan")


def effective_samples(draws: Draws) -> float:
    """Effective sample size: independent draws with the same error of the mean (Gelman et al. 2013, section 11.5).

    Autocorrelations are summed in pairs until a pair is negative, and no pair counts more than the one before (Geyer
    1992). NaN for constant chains.
    """
    halves = _halves(draws)
    chains, n = halves.shape
    within, overall = _variances(halves)
    if not within > 0:
        return float("nan")
    correlation = 1 - (within - _autocovariances(halves).mean(0) * n / (n - 1)) / overall
    correlation[0] = 1.0
    pairs = correlation[: n - n % 2].reshape(-1, 2).sum(1)
    ends = np.flatnonzero(pairs < 0)
    counted = np.minimum.accumulate(pairs[: ends[0] if len(ends) else len(pairs)])
    time = max(2 * counted.sum() - 1, 1 / np.log10(chains * n))
    return float(chains * n / time)


def drifts(draws: Draws) -> NDArray[np.float64]:
    """(chains,) float64: mean of a chain's second half minus that of its first."""
    half = draws.shape[1] // 2
    return np.asarray(draws[:, -half:].mean(1) - draws[:, :half].mean(1))


def _halves(draws: Draws) -> Draws:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _variances(draws: Draws) -> tuple[float, float]:
    """The mean variance within chains, and the variance overall."""
    n = draws.shape[1]
    within = float(draws.var(1, ddof=1).mean())
    return within, (n - 1) / n * within + float(draws.mean(1).var(ddof=1))


def _autocovariances(draws: Draws) -> Draws:
    """(chains, n): for every lag, about each chain's own mean, over n."""
    n = draws.shape[1]
    moved = np.fft.rfft(draws - draws.mean(1, keepdims=True), 2 * n, axis=1)
    return np.asarray(np.fft.irfft(moved * moved.conj(), axis=1)[:, :n] / n)
