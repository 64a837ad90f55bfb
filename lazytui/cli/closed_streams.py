"""A stream that nobody reads any more, as `lazytui runs list | head -1` leaves it: what comes vanishes.

The command goes on and ends as it would have ended, so that a run is kept whole and its exit code is that of the run.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Pipe(io.FileIO):
    """The writing end of a pipe whose reader may leave."""

    unheard = False

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            self.unheard = True
            silence(self)
            return super().write(data)


def silence(stream: io.IOBase | TextIO) -> None:
    """Let what is held back and what comes vanish, without a failure."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def outliving_its_reader(stream: TextIO) -> TextIO:
    """The same stream, to be used in its place; a terminal, and what is no stream of the system's, stays what it is."""
    if not isinstance(stream, io.TextIOWrapper) or stream.isatty():
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering or stream.write_through,
    )


def is_unheard(stream: TextIO) -> bool:
    """Whether its reader is known to have left."""
    pipe = getattr(getattr(stream, "buffer", None), "raw", None)
    return isinstance(pipe, _Pipe) and pipe.unheard
