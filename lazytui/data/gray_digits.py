"""Gray digits, which every source provides, before any color."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Part = Literal["train", "test"]
"""The splits that a source defines."""


@dataclass(frozen=True)
class Digits:
    """images: (n, 28, 28) uint8, white (255) strokes on black (0); labels: (n,) uint8, 0 to 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Source:
    """Gray digits with the train and test split that the source defines."""

    name: str
    train: Digits
    test: Digits
