"""CIFAR-10 (Krizhevsky 2009) in torchvision's layout, where it lies."""

from __future__ import annotations

import pickletools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.data.data_folder import find_installed
from lazytui.data.image_cache import cached_arrays
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry
from lazytui.data.sources.options import SourceOptions
from lazytui.errors import BadInput
from lazytui.files.reading import read_regular
from lazytui.files.writing import reason

_FOLDER = "cifar-10-batches-py"
_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_FILES: dict[Part, tuple[str, ...]] = {
    "train": tuple(f"data_batch_{number}" for number in range(1, 6)),
    "test": ("test_batch",),
}
_BATCH = 10_000
_MOST_BYTES = 64 * 2**20


def _find(options: SourceOptions) -> Source:
    folder = _folder()
    for name in (name for names in _FILES.values() for name in names):
        if not (folder / name).is_file():
            raise BadInput(f"{folder} has no {name}.")
    counts = {part: _BATCH * len(names) for part, names in _FILES.items()}
    return Source(options.source, Content(classes=_CLASSES, height=32, width=32), counts)


def _load(_options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    folder, count = _folder(), _BATCH * len(_FILES[part])

    def read() -> list[NDArray[np.uint8]]:
        batches = [read_batch(folder / name) for name in _FILES[part]]
        images, labels = zip(*batches, strict=True)
        return [np.concatenate(images), np.concatenate(labels)]

    files = [[name, (folder / name).stat().st_mtime_ns] for name in _FILES[part]]
    images, labels = cached_arrays({"cifar10": [str(folder), files]}, [(count, 32, 32, 3), (count,)], read)
    return SourceImages(images[:size], labels[:size])


def read_batch(path: Path, count: int = _BATCH) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(count, 32, 32, 3) and (count,) uint8 of a batch: a pickle, of which only the data are read; it isn't run.

    Raises BadInput where it isn't one.
    """
    try:
        content = read_regular(path, _MOST_BYTES, links=True)
    except OSError as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error
    data, key = b"", b""
    labels: list[int] = []
    try:
        for operation, value, _ in pickletools.genops(content):
            if isinstance(value, str | bytes) and not operation.name.startswith("GLOBAL"):
                raw = value.encode("latin-1") if isinstance(value, str) else value
                data, key = (raw if len(raw) == count * 3072 else data), raw
            elif key == b"labels" and operation.name in {"BININT", "BININT1", "BININT2"}:
                labels.append(int(value or 0))
    except (ValueError, UnicodeError) as error:
        raise BadInput(f"{path} isn't a batch of CIFAR-10: {error}.") from error
    if len(data) != count * 3072 or len(labels) != count or not all(0 <= label < 10 for label in labels):
        raise BadInput(f"{path} isn't a batch of CIFAR-10: {count:,} images with a label each are expected.")
    planes = np.frombuffer(data, np.uint8).reshape(count, 3, 32, 32)
    return planes.transpose(0, 2, 3, 1), np.array(labels, np.uint8)


def _folder() -> Path:
    return find_installed("CIFAR-10", _FOLDER)


ENTRY = SourceEntry("cifar10", "CIFAR-10: ten kinds of objects, 32 x 32, in torchvision's layout", _find, _load)
