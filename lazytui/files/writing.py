"""Writing files so that nobody ever sees half of one, and saying in one sentence why a file can't be written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lazytui.errors import BadInput, UsageError
from lazytui.files.reading import Unreadable, open_in_place

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ENOENT: "the folder doesn't exist",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "its symbolic links form a loop",
    errno.EFBIG: "the file would be too large for this file system",
}


# Read once, when the module is loaded: the mask can be read by setting it only, and two threads that do so at the same
# time may leave it open for good.
_UMASK = os.umask(0o077)
os.umask(_UMASK)


def parse_path(text: str) -> Path:
    """A path as a person typed it. Raises UsageError for an empty one, BadInput for one that nothing can lie at."""
    if not text:
        raise UsageError("A path can't be empty; the current folder is a dot.")
    try:
        os.lstat(text)
    except ValueError as error:  # a zero byte
        raise BadInput(f"{text} isn't a path: it contains a character that paths can't have.") from error
    except OSError as error:
        if error.errno in {errno.ENAMETOOLONG, errno.ELOOP}:
            raise BadInput(f"{text} isn't a path: {reason(error)}.") from error
    return Path(text)


def is_folder(path: Path) -> bool:
    """Whether there is a folder, that we may know of."""
    try:
        return path.is_dir()
    except OSError:  # a name that is too long
        return False


def is_file(path: Path) -> bool:
    """Whether there is a regular file, that we may know of."""
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


class DiskFull(BadInput):
    """There is no room for what should be written now; there may be later."""


def reason(error: OSError) -> str:
    """Why the system or `lazytui.files.reading` refused, in a few words."""
    words = error.strerror or str(error)
    return words if isinstance(error, Unreadable) else _REASONS.get(error.errno or 0, words)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about writing `path`, or a file in it, into one sentence (BadInput)."""
    try:
        yield
    except OSError as error:
        kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else BadInput
        raise kind(f"{_to_blame(error, path)} can't be written: {reason(error)}.") from error


def _to_blame(error: OSError, path: Path) -> Path:
    """Of a folder what lies in it and was refused; what isn't there couldn't be made, which is up to the folder."""
    if not isinstance(error.filename, str):
        return path
    refused = Path(error.filename)
    return refused if path in refused.parents and os.path.lexists(refused) else path


@contextmanager
def replace_atomically(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that takes the place of `path` when the block ends well, or vanishes.

    Raises BadInput when the folder or the disk doesn't let us.
    """
    with storage_errors(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_UMASK)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write the whole of every file, or, where one of them can't be written, none."""
    with ExitStack() as stack:
        for path, content in contents.items():
            temporary = stack.enter_context(replace_atomically(path))
            temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write the whole of `content`, or nothing."""
    with replace_atomically(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def write_in_place(path: Path, content: str) -> None:
    """Write into the file that is there already, which needs no new room on a disk that is full.

    Whoever reads meanwhile, or after a kill, may find half of it.
    """
    with storage_errors(path), open_in_place(path) as file:
        file.write(content.encode())
        file.truncate()
