"""The image cache: byte arrays that are expensive to compute, in memory and on disk, by fingerprint.

An entry is a file `<fingerprint>-<checksum>.bin` with the bytes only. The fingerprint covers the parameters that
determine the bytes, the source code that makes them and NumPy's version, so entries don't outlive that code. Damaged
entries are computed again; without a writable folder, or with a full disk, nothing is cached.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import shutil
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.data.data_folder import image_folder
from lazytui.errors import BadInput
from lazytui.files.package_data import package_folder
from lazytui.files.trees import make_room
from lazytui.files.writing import is_file, replace_atomically

Bytes = NDArray[np.uint8]
Shape = tuple[int, ...]

ON_DISK = 1024**3
"""The size limit of the cache on disk, in bytes; least recently used entries are removed first."""

_IN_MEMORY = 512 * 1024**2
"""The size limit in memory, in bytes, for each process; entries on disk are memory-mapped, and so shared."""

_LEFT_BEHIND = 3600.0
"""Seconds after which a half-written file counts as abandoned."""

_ASSETS = ("strokes.json", "palettes.toml")


def cached_arrays(
    decisive: Mapping[str, object],
    shapes: Sequence[Shape],
    make: Callable[[], Sequence[Bytes]],
    *,
    made_by: tuple[str, ...] = (),
) -> list[Bytes]:
    """The uint8 arrays of these shapes that `make` returns, from memory or disk if computed before. Don't modify them.

    decisive: everything that determines their bytes, as JSON values. made_by: folders of lazytui whose code makes them
    besides that of `data`.
    """
    fingerprint = _fingerprint(decisive, ("data", *made_by))
    flat = _find(fingerprint, shapes)
    if flat is None:
        flat = np.concatenate([array.reshape(-1) for array in make()])
        _write(fingerprint, flat)
        _memory.put(fingerprint, flat)
    return _parts(flat, shapes)


def known_arrays(
    decisive: Mapping[str, object], shapes: Sequence[Shape], *, made_by: tuple[str, ...] = ()
) -> list[Bytes] | None:
    """What `cached_arrays` returns, if it was computed before."""
    flat = _find(_fingerprint(decisive, ("data", *made_by)), shapes)
    return None if flat is None else _parts(flat, shapes)


def _find(fingerprint: str, shapes: Sequence[Shape]) -> Bytes | None:
    flat = _memory.get(fingerprint)
    if flat is None and (flat := _read(fingerprint, sum(map(math.prod, shapes)))) is not None:
        _memory.put(fingerprint, flat)
    return flat


def _parts(flat: Bytes, shapes: Sequence[Shape]) -> list[Bytes]:
    ends = accumulate(map(math.prod, shapes), initial=0)
    return [flat[start:end].reshape(shape) for (start, end), shape in zip(pairwise(ends), shapes, strict=True)]


def digest(*arrays: Bytes) -> str:
    """A fingerprint of the arrays' contents."""
    state = hashlib.blake2b(digest_size=20)
    for array in arrays:
        state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()


def _fingerprint(decisive: Mapping[str, object], made_by: tuple[str, ...]) -> str:
    text = json.dumps({**decisive, "made by": _code_fingerprint(made_by)}, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


@functools.cache
def _code_fingerprint(folders: tuple[str, ...]) -> str:
    """A fingerprint of the code in folders of the package, and of the assets to draw and paint with."""
    state = hashlib.blake2b(np.__version__.encode(), digest_size=20)
    package = Path(__file__).parent.parent
    code = [file for folder in folders for file in sorted((package / folder).rglob("*.py"))]
    for file in [*code, *(package_folder("assets") / name for name in _ASSETS)]:
        content = file.read_bytes()
        state.update(f"{file.name} {len(content)} ".encode() + content)
    return state.hexdigest()


class _Memory:
    """Entries that this process used last, by fingerprint."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, fingerprint: str) -> Bytes | None:
        with self._lock:
            if fingerprint in self._entries:
                self._entries.move_to_end(fingerprint)
            return self._entries.get(fingerprint)

    def put(self, fingerprint: str, flat: Bytes) -> None:
        with self._lock:
            self._entries[fingerprint] = flat
            while len(self._entries) > 1 and sum(kept.nbytes for kept in self._entries.values()) > _IN_MEMORY:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


_memory = _Memory()


def clear_memory() -> None:
    """Free all entries in memory."""
    _memory.clear()


def _read(fingerprint: str, size: int) -> Bytes | None:
    """The entry, memory-mapped; None if there is no valid one. Damaged ones are removed."""
    for file in _files(f"{fingerprint}-*.bin"):
        with suppress(OSError):  # another process has removed it, or it is somebody else's
            flat = _map_file(file) if file.stat().st_size == size else None
            if flat is not None and file.name == _name(fingerprint, flat):
                with suppress(OSError):  # in a cache that can only be read
                    os.utime(file)
                return flat
            file.unlink()
    return None


def _map_file(file: Path) -> Bytes:
    return np.asarray(np.memmap(file, np.uint8, mode="c"))  # copy on write: torch asks for writable arrays


def _write(fingerprint: str, flat: Bytes) -> None:
    """Save an entry if the disk allows, and remove old ones to make room."""
    folder = image_folder()
    with suppress(OSError, BadInput):
        folder.mkdir(parents=True, exist_ok=True)
        if flat.nbytes > min(ON_DISK, shutil.disk_usage(folder).free // 2):
            return
        with replace_atomically(folder / _name(fingerprint, flat)) as temporary, temporary.open("wb") as file:
            file.write(flat.data)
        _make_room(keep=fingerprint)


def _name(fingerprint: str, flat: Bytes) -> str:
    return f"{fingerprint}-{zlib.crc32(flat.data):08x}.bin"


def _make_room(keep: str) -> None:
    """Remove least recently used entries beyond the size limit, and abandoned half-written files."""
    for file in _files(".*.tmp"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _LEFT_BEHIND:
                file.unlink()
    make_room(_files("*-*.bin"), ON_DISK, lambda file: file.name.startswith(keep))


def _files(pattern: str) -> Iterator[Path]:
    return (file for file in image_folder().glob(pattern) if is_file(file))
