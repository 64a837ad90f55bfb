"""Sizes and removal of folders of any depth, without recursion or long paths; files of which the oldest make room."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path


def size_of_tree(folder: Path) -> int:
    """Bytes of all files in it that can be read."""
    size = 0
    folders = [str(folder)]
    while folders:
        try:
            entries = _entries(folders.pop())
        except OSError:  # one that we may not look into
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                size += _size_of(entry)
    return size


def _size_of(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:  # a temporary file of a run that is going on
        return 0


def make_room(files: Iterable[Path], limit: int, keep: Callable[[Path], bool] = lambda _file: False) -> None:
    """Remove the files that were used longest ago until all together have no more than so many bytes.

    keep: those that stay in any case. What can't be removed stays, too.
    """
    dated = []
    for file in files:
        with suppress(OSError):  # another process has removed it
            info = file.stat(follow_symlinks=False)
            dated.append((max(info.st_mtime, info.st_atime), info.st_size, file))
    total = sum(size for _, size, _ in dated)
    for _, size, file in sorted(dated):
        if total <= limit:
            return
        with suppress(OSError):
            if not keep(file):
                file.unlink(missing_ok=True)
                total -= size


def remove_tree(folder: Path, *, last: str) -> None:
    """Delete a folder. last: the file in it to delete last, so that an incompletely deleted folder can be recognized.

    Nested folders are moved up before their parent is deleted, so that paths don't get longer. Raises OSError.
    """
    while entries := [entry for entry in _entries(folder) if entry.name != last]:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove_but_for_folders(entry.path, move_them_to=folder)
            else:
                Path(entry.path).unlink()
    (folder / last).unlink(missing_ok=True)
    folder.rmdir()


def _remove_but_for_folders(folder: str, move_them_to: Path) -> None:
    for entry in _entries(folder):
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            path.unlink()
        elif not _removed_empty(path):
            path.rename(move_them_to / secrets.token_hex(16))
    Path(folder).rmdir()


def _removed_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:  # it isn't empty, or can't be removed, which whoever moves it hears too
        return False
    return True


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)
