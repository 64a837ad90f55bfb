"""Who hears how far images in files are decoded: whoever runs the work, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DecodingListener = Callable[[int, int], None]
"""Called with how many images are decoded, of how many; it may raise, which ends the decoding."""

_listener: ContextVar[DecodingListener | None] = ContextVar("listener of decoding", default=None)


@contextmanager
def listen_to_decoding(listener: DecodingListener) -> Iterator[None]:
    """Report to `listener` the decoding that this thread does within the block."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def report_decoded(done: int, total: int) -> None:
    """Report to the listener, if there is one."""
    if listener := _listener.get():
        listener(done, total)
