"""Statistics over seeds: a mean with its interval, and the paired difference of two recipes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class SeedMean:
    """n: number of values. mean: None without any. interval: 95 %, Student's t with n - 1 degrees of freedom.

    p: two-sided p-value of a t-test against 0. interval and p are None for fewer than two values and for equal ones,
    whose spread is unknown, not 0.
    """

    n: int
    mean: float | None
    interval: tuple[float, float] | None
    p: float | None

    def clip(self, low: float, high: float) -> SeedMean:
        """The same with the interval clipped to the possible values, from `low` to `high`."""
        if self.interval is None:
            return self
        first, last = self.interval
        return replace(self, interval=(max(first, low), min(last, high)))


def mean_over_seeds(values: Sequence[float | None]) -> SeedMean:
    """The mean of the values that aren't None."""
    numbers = np.array([value for value in values if value is not None], dtype=np.float64)
    n = len(numbers)
    if n < 2 or np.allclose(numbers, numbers[0], rtol=1e-9, atol=0):
        return SeedMean(n, float(numbers[0]) if n else None, None, None)
    from scipy.special import stdtr, stdtrit

    mean, error = float(numbers.mean()), float(numbers.std(ddof=1)) / math.sqrt(n)
    reach = float(stdtrit(n - 1, 0.975)) * error
    return SeedMean(n, mean, (mean - reach, mean + reach), 2 * float(stdtr(n - 1, -abs(mean) / error)))


def mean_difference_by_seed(one: Mapping[int, float | None], other: Mapping[int, float | None]) -> SeedMean:
    """The mean of one - other over the seeds that both have, so that effects of a seed on both cancel."""
    both = [(one[seed], other[seed]) for seed in one if seed in other]
    return mean_over_seeds([first - second for first, second in both if first is not None and second is not None])
