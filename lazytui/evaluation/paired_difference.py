"""Two networks on the same images: the difference of their shares of hits, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hits = NDArray[np.bool_]

_Z = 1.959964
"""The 97.5 % quantile of the standard normal distribution."""


@dataclass(frozen=True)
class PairedCounts:
    """Number of images on which both networks have a hit, only the first, only the second, or neither."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def images(self) -> int:
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def difference(self) -> float | None:
        """The second network's share of hits minus the first's, in [-1, 1]; None without an image."""
        return (self.only_second - self.only_first) / self.images if self.images else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the difference over images like these, both networks as they are; None without an image.

        Adjusted Wald interval for paired proportions: one image is added to either kind that only one network gets
        (Bonett and Price 2012, Journal of Educational and Behavioral Statistics 37(4)).
        """
        if not self.images:
            return None
        size = self.images + 2
        first, second = (self.only_first + 1) / size, (self.only_second + 1) / size
        middle = second - first
        reach = _Z * math.sqrt((first + second - middle**2) / size)
        return max(middle - reach, -1.0), min(middle + reach, 1.0)


def count_pairs(first: Hits, second: Hits) -> PairedCounts:
    """Counts from two networks' hits, (n,) bool each, on the same n images."""
    both, either = int(np.count_nonzero(first & second)), int(np.count_nonzero(first | second))
    only_first = int(np.count_nonzero(first)) - both
    return PairedCounts(both, only_first, either - both - only_first, len(first) - either)
