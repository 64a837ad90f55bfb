"""How this process asks the system for memory."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Of mallopt(3)."""

_MAPPED, _KEPT = 32 * 2**20, 256 * 2**20
"""Bytes: of blocks that are asked of the system one by one (glibc allows no larger), and of what is kept at most."""


def keep_freed_memory() -> None:
    """Keep memory that is freed, up to 256 MiB, for what is asked for next.

    Each step of a training frees what the next one asks for again. glibc would hand it to the system in between, which
    clears every page anew: a quarter of a training's time. Elsewhere than on glibc nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _MAPPED)
        mallopt(_TRIM_THRESHOLD, _KEPT)
