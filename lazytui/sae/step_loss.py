"""What a variant's loss reads of the training, and what it returns; importable without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class StepContext:
    """What a loss has to know of the training. warmup: in [0, 1], how far the price of activity has been raised.
    dead: (m,) int64, the features that haven't been active for a while; None where there is none."""

    warmup: float = 1.0
    dead: Tensor | None = None


@dataclass(frozen=True)
class StepLoss:
    """loss: to be minimized. error: the squared error, summed over dimensions, mean over the batch. f: (N, n)."""

    loss: Tensor
    error: Tensor
    f: Tensor
