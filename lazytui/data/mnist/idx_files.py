"""The IDX files of MNIST: a magic number, the sizes of every dimension, then bytes (LeCun, Cortes and Burges)."""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from lazytui.errors import BadInput
from lazytui.files.reading import open_regular
from lazytui.files.writing import reason

_UNSIGNED_BYTES = 0x08
_MOST_BYTES = 1 << 31


def find_idx(folder: Path, name: str) -> Path | None:
    """The file `name` in a folder, plain or with `.gz`; None if neither exists."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def read_idx(path: Path, *, dimensions: int) -> NDArray[np.uint8]:
    """The whole array, uint8. Raises BadInput for a file that is truncated, damaged or of another kind."""
    with _open(path) as file:
        shape = _read_shape(file, path, dimensions)
        count = math.prod(shape)
        payload = file.read(min(count, _MOST_BYTES) + 1)
    if len(payload) != count:
        compared = "is truncated: it ends before" if len(payload) < count else "is damaged: it goes on after"
        raise BadInput(f"{path} {compared} the {count} bytes that its header announces; fetch it again.")
    return np.frombuffer(payload, np.uint8).reshape(shape)


def read_idx_shape(path: Path, *, dimensions: int) -> tuple[int, ...]:
    """The shape in the header; the rest isn't read."""
    with _open(path) as file:
        return _read_shape(file, path, dimensions)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    try:
        with open_regular(path, links=True) as file:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadInput(f"{path} is a damaged gzip file; fetch it again.") from error
    except OSError as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error


def _read_shape(file: IO[bytes], path: Path, dimensions: int) -> tuple[int, ...]:
    header = file.read(4 + 4 * dimensions)
    if header[:4] != bytes([0, 0, _UNSIGNED_BYTES, dimensions]) or len(header) < 4 + 4 * dimensions:
        raise BadInput(f"{path} isn't an IDX file of bytes in {dimensions} dimension{'s' * (dimensions > 1)}.")
    return struct.unpack(f">{dimensions}I", header[4:])
