"""Batches of images that fit into the device's memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from lazytui.counted_nouns import counted
from lazytui.errors import LazytuiError

T = TypeVar("T")


def run_in_batches(
    work: Callable[[slice], T], count: int, size: int, note: Callable[[str], None] = lambda _text: None
) -> list[T]:
    """The results of `work` on slices of `size` images out of `count`, in order.

    When the device runs out of memory, slices are halved until they fit, and `note` is called with a text. Raises
    LazytuiError if even one image doesn't fit.
    """
    done: list[T] = []
    start, first_size = 0, size
    while start < count:
        try:
            done.append(work(slice(start, min(start + size, count))))
            start += size
        except torch.OutOfMemoryError as error:
            if size == 1:
                raise LazytuiError(f"Out of memory on {_device()}, even with a batch of one image.") from error
            size = size // 2
            torch.cuda.empty_cache()
    if size < first_size:
        note(f"out of memory with batches of {counted(first_size, 'image')}; continuing with batches of {size}")
    return done


def _device() -> str:
    return f"cuda:{torch.cuda.current_device()}" if torch.cuda.is_available() else "the device"
