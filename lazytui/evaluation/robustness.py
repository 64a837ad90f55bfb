"""Robustness of a network from the smallest successful perturbation of each image: rates with denominators."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Robustness:
    """One network on one pool of N sources.

    correct: (N,) bool, which are correct when clean: S. at_target: share of the sources, but for those of the target's
    class, that it takes for the target already; None where there are none.
    budgets, sure_budgets: (|S|,) smallest budgets for the arg-max, and for being sure; infinite where none was found;
    None where S is too small for any rate.
    """

    correct: NDArray[np.bool_]
    at_target: float | None
    budgets: NDArray[np.float64] | None
    sure_budgets: NDArray[np.float64] | None

    @property
    def sources(self) -> int:
        """|S|."""
        return int(self.correct.sum())

    def success_rate(self, epsilon: float) -> float | None:
        """ASR: share of S that a perturbation within epsilon fools."""
        return _share_within(self.budgets, epsilon)

    def sure_success_rate(self, epsilon: float) -> float | None:
        """The same, with a probability over .9."""
        return _share_within(self.sure_budgets, epsilon)

    def robust_accuracy(self, epsilon: float) -> float | None:
        """Share of all N that is correct when clean and isn't fooled within epsilon."""
        success = self.success_rate(epsilon)
        return None if success is None else (1 - success) * self.sources / len(self.correct)

    @property
    def median(self) -> float | None:
        """Of the smallest budgets of S: infinite where half of S or more is never fooled."""
        return None if self.budgets is None else float(np.median(self.budgets))

    def survival_curve(self, epsilons: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of S that isn't fooled within each epsilon; NaN where S is too small."""
        shares = [self.success_rate(float(epsilon)) for epsilon in epsilons]
        return np.array([np.nan if share is None else 1 - share for share in shares])

    def metrics(self, epsilon: float) -> dict[str, float | None]:
        """median: null in JSON where it is infinite; `unfooled` says so then."""
        median = self.median
        return {
            "sources": self.sources,
            "clean_accuracy": float(self.correct.mean()),
            "at_target": self.at_target,
            "success_rate": self.success_rate(epsilon),
            "sure_success_rate": self.sure_success_rate(epsilon),
            "robust_accuracy": self.robust_accuracy(epsilon),
            "median_budget": None if median is None or math.isinf(median) else median,
            "unfooled": None if self.budgets is None else float(np.isinf(self.budgets).mean()),
        }


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """95 % score interval of a share of n (Wilson 1927)."""
    z = 1.959964
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(center - reach, 0.0), min(center + reach, 1.0)


def _share_within(budgets: NDArray[np.float64] | None, epsilon: float) -> float | None:
    return None if budgets is None else float((budgets <= epsilon * (1 + 1e-6) + 1e-9).mean())
