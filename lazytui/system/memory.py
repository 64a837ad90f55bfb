"""How this process asks the system for memory, and what is said where it gets none."""

from __future__ import annotations

import ctypes
import errno
import sys

from lazytui.errors import LazytuiError

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


_REFUSALS = ("cannot allocate memory", "can't allocate memory", "failed to map segment", "bad_alloc", "bad allocation")
"""What the loader, torch and C++ say where the system refuses memory."""


class OutOfMemory(LazytuiError):
    """What was asked needs more memory than there is. Nothing that was read or installed is to blame."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Not enough memory to {what}{_limit()}.")


def is_memory_error(error: BaseException) -> bool:
    """Whether an error says that the system refused memory."""
    refused = isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
    return refused or any(words in str(error).lower() for words in _REFUSALS)


def memory_error_or(error: BaseException, what: str, otherwise: LazytuiError) -> LazytuiError:
    """The failure to tell: `otherwise`, unless it was memory that was missing to do `what`."""
    return OutOfMemory(what) if is_memory_error(error) else otherwise


def _limit() -> str:
    """How much a process may have, where that is limited."""
    try:
        import resource
    except ImportError:  # not on Windows
        return ""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return "" if limit == resource.RLIM_INFINITY else f" (this process is limited to {limit / 1e9:.1f} GB by ulimit -v)"
