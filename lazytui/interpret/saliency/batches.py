"""A long row of images in batches, smaller ones where the device's memory is too small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

from lazytui.errors import BadInput

T = TypeVar("T")

BATCH = 500


def in_batches(
    work: Callable[[slice], T], count: int, told: Callable[[str], None], size: int = BATCH
) -> Iterator[tuple[slice, T]]:
    """Do `work` on the stretches of 0..count, yielding each stretch with what came of it.

    When the device's memory doesn't hold a batch, it is halved until it does, and `told` is told so.
    Raises BadInput when not even a single image fits.
    """
    start = 0
    while start < count:
        part = slice(start, min(start + size, count))
        try:
            done = work(part)
        except RuntimeError as error:
            if not _memory_is_short(error):
                raise
            size = _smaller(part.stop - part.start, told)
        else:
            yield part, done
            start = part.stop


def _smaller(size: int, told: Callable[[str], None]) -> int:
    if size == 1:
        raise BadInput("The device's memory is too small for a single image; try --device cpu.") from None
    told(f"the device's memory is too small for {size} images at a time: trying {size // 2}")
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return size // 2


def _memory_is_short(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)
