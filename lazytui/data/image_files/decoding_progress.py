"""Who hears how far images in files are decoded: whoever runs the work, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[int, int], None]
"""Called with how many images are decoded, of how many; it may raise, which ends the decoding."""

_listener: ContextVar[Tell | None] = ContextVar("who hears of decoding", default=None)


@contextmanager
def decoding_told_to(tell: Tell) -> Iterator[None]:
    """Tell of the decoding that is done inside, by this thread."""
    before = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(before)


def tell_decoded(done: int, total: int) -> None:
    """Tell whoever listens."""
    if tell := _listener.get():
        tell(done, total)
