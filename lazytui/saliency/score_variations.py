"""The score of many variations of each image, as many at a time as make a good batch."""

from __future__ import annotations

from collections.abc import Iterator

ROWS = 512
"""Images in one pass."""


def variation_batches(variations: int, images: int) -> Iterator[range]:
    """The variations in portions whose images together make about ROWS rows."""
    step = max(1, ROWS // max(1, images))
    return (range(start, min(start + step, variations)) for start in range(0, variations, step))
