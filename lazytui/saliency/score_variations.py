"""Batches for methods that score many variations of each image."""

from __future__ import annotations

from collections.abc import Iterator

ROWS = 512
"""Images in one pass."""


def variation_batches(variations: int, images: int) -> Iterator[range]:
    """Ranges of variations such that variations x images is about ROWS."""
    step = max(1, ROWS // max(1, images))
    return (range(start, min(start + step, variations)) for start in range(0, variations, step))
