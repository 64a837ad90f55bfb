"""Locks between processes, which the system releases when a process ends, however it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from lazytui.errors import BadInput
from lazytui.files.reading import open_regular
from lazytui.files.writing import storage_errors


class AlreadyLocked(BadInput):
    """Another process holds the lock."""


@contextmanager
def hold_lock(file: Path, *, patience: float, message: str) -> Iterator[None]:
    """Hold a lock for this process, with its file open, so that others can see who holds it.

    patience: seconds to wait for it. Raises AlreadyLocked with `message` if another process holds it, and BadInput if
    the path isn't a regular file.
    """
    lock = FileLock(file)
    with storage_errors(file.parent):
        with suppress(FileNotFoundError):  # it isn't made here: where the file system knows no locks, that is the lock
            open_regular(file).close()
        try:
            lock.acquire(timeout=patience)
        except Timeout as error:  # an OSError too, so it has to be caught first
            raise AlreadyLocked(message) from error
    try:
        with file.open("rb"):  # where the file system knows no locks, the lock itself is only the file's existence
            yield
    finally:
        lock.release()
