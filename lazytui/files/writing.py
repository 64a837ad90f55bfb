"""Atomic writing of files, and plain sentences for files that can't be written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
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
    """A path from text. Raises UsageError for an empty one, BadInput for one that the system doesn't accept."""
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
    """Whether it is a folder that is visible to us."""
    try:
        return path.is_dir()
    except OSError:  # a name that is too long
        return False


def is_file(path: Path) -> bool:
    """Whether it is a regular file that is visible to us."""
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


class DiskFull(BadInput):
    """The disk is full."""


def reason(error: OSError) -> str:
    """Why the system or `lazytui.files.reading` refused: a few words."""
    text = error.strerror or str(error)
    return text if isinstance(error, Unreadable) else _REASONS.get(error.errno or 0, text)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an OSError about `path`, or a file in it, into BadInput with one sentence."""
    try:
        yield
    except OSError as error:
        kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else BadInput
        raise kind(f"{_to_blame(error, path)} can't be written: {reason(error)}.") from error


def _to_blame(error: OSError, path: Path) -> Path:
    """The path to name: of a folder, the refused file in it if that exists."""
    if not isinstance(error.filename, str):
        return path
    refused = Path(error.filename)
    return refused if path in refused.parents and os.path.lexists(refused) else path


@contextmanager
def replace_atomically(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that replaces `path` when the block succeeds, and is removed otherwise.

    Raises BadInput if the folder or the disk doesn't allow it.
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
    """Write all files, or none if one can't be written."""
    with ExitStack() as stack:
        for path, content in contents.items():
            temporary = stack.enter_context(replace_atomically(path))
            temporary.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def new_folders(paths: Iterable[Path]) -> Iterator[None]:
    """Make those that aren't there; where the block fails, those that were made are removed if they are empty."""
    made = []
    try:
        for path in paths:
            with storage_errors(path):
                if not path.is_dir():
                    path.mkdir()
                    made.append(path)
        yield
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        raise


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write `content` completely or not at all."""
    with replace_atomically(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def write_in_place(path: Path, content: str) -> None:
    """Overwrite an existing file, which needs no space on a full disk. Not atomic."""
    with storage_errors(path), open_in_place(path) as file:
        file.write(content.encode())
        file.truncate()
