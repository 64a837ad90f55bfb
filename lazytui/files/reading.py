"""Safe reading of files of unknown origin: regular files only, without blocking, up to a size limit."""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import zipfile
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


before_reading: list[Callable[[Path], object]] = []
"""Called with each path that is about to be opened: by these, files come from another machine when they are read."""

_ZIP = b"PK\x03\x04"


class Unreadable(OSError):
    """Not a regular file, or larger than allowed."""


def open_regular(path: Path, *, links: bool = False) -> BinaryIO:
    """Open a regular file for reading. A pipe, socket or device is refused at once, where `open` would wait for it.

    links: whether symbolic links are followed, as for a path that a person typed. Raises OSError: Unreadable, or the
    system's; `strerror` has the reason in a few words.
    """
    for bring in before_reading:
        bring(path)
    return os.fdopen(_open_regular(path, os.O_RDONLY | (0 if links else _NO_LINKS)), "rb")


def open_to_append(path: Path) -> FileIO:
    """Open a regular file, new or existing, for unbuffered appending. Raises OSError as `open_regular` does."""
    handle = _open_regular(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_LINKS)
    return FileIO(handle, "ab")


def open_in_place(path: Path) -> FileIO:
    """Open an existing regular file for overwriting. Raises OSError as `open_regular` does."""
    return FileIO(_open_regular(path, os.O_RDWR | _NO_LINKS), "r+b")


def _open_regular(path: Path, flags: int) -> int:
    try:
        handle = os.open(path, flags | _AT_ONCE, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise Unreadable(errno.ENXIO, "it is a socket or a device, not a file", str(path)) from error
        if error.errno == errno.ELOOP and path.is_symlink():
            raise Unreadable(errno.ELOOP, "it is a link, not a file", str(path)) from error
        raise
    kind = stat.S_IFMT(os.fstat(handle).st_mode)
    if kind != stat.S_IFREG:
        os.close(handle)
        raise Unreadable(errno.EINVAL, f"it is {_KINDS.get(kind, 'something else')}, not a file", str(path))
    return handle


def read_regular(path: Path, most: int, *, links: bool = False) -> bytes:
    """The content of a regular file of at most `most` bytes. Raises OSError as `open_regular` does."""
    with open_regular(path, links=links) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1) if size <= most else None  # room for `most` would take longer than the reading
        if content and len(content) > size:
            content += file.read(most - size)
    if content is None or len(content) > most:
        raise Unreadable(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
    return content


def require_size(file: BinaryIO, most: int) -> None:
    """Raise Unreadable for a file of more than `most` bytes."""
    if os.fstat(file.fileno()).st_size > most:
        raise Unreadable(errno.EFBIG, f"it has more than {most:,} bytes", str(file.name))


def require_unpacked_size(file: BinaryIO, most: int) -> None:
    """The same for a file of `torch.save` and, if it is a zip archive, for its content; rewinds the file.

    Like torch it recognizes an archive by its beginning. Raises Unreadable for a damaged archive, too.
    """
    require_size(file, most)
    file.seek(0)
    if file.read(len(_ZIP)) == _ZIP:
        try:
            with zipfile.ZipFile(file) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Unreadable(errno.EINVAL, "it is damaged or cut short", str(file.name)) from error
        if size > most:
            raise Unreadable(errno.EFBIG, f"it has more than {most:,} bytes", str(file.name))
    file.seek(0)


def read_json(path: Path, most: int) -> Any:
    """The content of a JSON file of at most `most` bytes. Raises OSError, or ValueError for anything else."""
    return parse_json(read_regular(path, most))


def parse_json(content: bytes | str) -> Any:
    """Parsed JSON, with None for numbers that aren't finite.

    Raises ValueError for anything else, for integers beyond 64 bits and for too deep nesting.
    """
    try:
        return json.loads(content, parse_int=_parse_integer, parse_float=_finite, parse_constant=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_toml(path: Path, most: int) -> dict[str, Any]:
    """The table in a TOML file that a person named. Raises OSError, or ValueError for anything else."""
    import tomllib

    try:
        return tomllib.loads(read_regular(path, most, links=True).decode())
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _parse_integer(digits: str) -> int:
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"a number of {len(digits):,} digits is too large")
    return number


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None
