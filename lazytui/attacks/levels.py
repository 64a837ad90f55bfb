"""Levels: what strengths are counted in, and budgets and images in whole ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

LEVELS = 255
"""Steps from black to full: an image that can be stored has whole multiples of 1 / 255."""


def floor_to_levels(epsilon: Tensor) -> Tensor:
    """The largest whole number of levels within a budget, as a share of the range: .05 comes to 12 / 255."""
    return (epsilon * LEVELS + 1e-4).floor() / LEVELS


def round_to_levels(images: Tensor) -> Tensor:
    """The nearest images in whole levels."""
    return (images * LEVELS).round().clamp(0, LEVELS) / LEVELS
