"""Memory of this process: keeping what is freed, and errors when there is too little."""

from __future__ import annotations

import ctypes
import errno
import sys

from lazytui.errors import LazytuiError

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Of mallopt(3)."""

_MAPPED, _KEPT = 32 * 2**20, 256 * 2**20
"""Bytes: the size from which a block is requested separately (glibc's maximum), and the most that is kept."""


def keep_freed_memory() -> None:
    """Keep up to 256 MiB of freed memory for reuse.

    Each training step frees what the next one allocates. By default glibc returns it to the system, which clears every
    page again: a quarter of a training's time. Does nothing without glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _MAPPED)
        mallopt(_TRIM_THRESHOLD, _KEPT)


_REFUSALS = ("cannot allocate memory", "can't allocate memory", "failed to map segment", "bad_alloc", "bad allocation")
"""Messages of the loader, torch and C++ when the system refuses memory."""


class OutOfMemory(LazytuiError):
    """There is too little memory; nothing is wrong with files or packages."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Not enough memory to {what}{_limit()}.")


def is_memory_error(error: BaseException) -> bool:
    """Whether an error means that the system refused memory."""
    refused = isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
    return refused or any(phrase in str(error).lower() for phrase in _REFUSALS)


def memory_error_or(error: BaseException, what: str, otherwise: LazytuiError) -> LazytuiError:
    """OutOfMemory, if memory was missing to do `what`; else `otherwise`."""
    return OutOfMemory(what) if is_memory_error(error) else otherwise


def _limit() -> str:
    """The limit on this process's memory, if any, in parentheses."""
    try:
        import resource
    except ImportError:  # not on Windows
        return ""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return "" if limit == resource.RLIM_INFINITY else f" (this process is limited to {limit / 1e9:.1f} GB by ulimit -v)"
