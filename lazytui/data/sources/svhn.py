"""SVHN (Netzer et al. 2011), house numbers cut to digits, in torchvision's layout, where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import DIGITS, Content
from lazytui.data.data_folder import find_installed
from lazytui.data.image_cache import cached_arrays
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry
from lazytui.data.sources.options import SourceOptions
from lazytui.errors import BadInput
from lazytui.files.reading import open_regular, require_size
from lazytui.files.writing import reason

_MOST_BYTES = 512 * 2**20
_PARTS: tuple[Part, ...] = ("train", "test")


def _find(options: SourceOptions) -> Source:
    counts = {part: _count(_file(part)) for part in _PARTS}
    return Source(options.source, Content(label="digit", classes=DIGITS, height=32, width=32), counts)


def _load(_options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    file = _file(part)
    count = _count(file)

    def read() -> list[NDArray[np.uint8]]:
        from scipy.io import loadmat

        arrays = _refusing(file, lambda opened: loadmat(opened, variable_names=["X", "y"]))
        images, labels = arrays["X"], arrays["y"].reshape(-1)
        if images.dtype != np.uint8 or len(labels) != count or not ((labels >= 1) & (labels <= 10)).all():
            raise BadInput(f"{file} isn't a part of SVHN: bytes with a label of 1 to 10 each are expected.")
        return [images.transpose(3, 0, 1, 2), (labels % 10).astype(np.uint8)]

    decisive = {"svhn": [str(file), file.stat().st_mtime_ns]}
    images, labels = cached_arrays(decisive, [(count, 32, 32, 3), (count,)], read)
    return SourceImages(images[:size], labels[:size])


def _count(file: Path) -> int:
    """How many images a file says that it has. Raises BadInput for one of another kind."""
    from scipy.io import whosmat

    shapes = {name: shape for name, shape, _ in _refusing(file, whosmat)}
    images, labels = shapes.get("X", ()), shapes.get("y", ())
    if len(images) != 4 or images[:3] != (32, 32, 3) or labels != (images[3], 1) or images[3] * 3072 > 2 * _MOST_BYTES:
        raise BadInput(f"{file} isn't a part of SVHN: X of 32 x 32 x 3 x n and y of n x 1 are expected.")
    return int(images[3])


def _refusing(file: Path, read: Any) -> Any:
    """What `read` makes of the opened file, with every failure as BadInput."""
    try:
        with open_regular(file, links=True) as opened:
            require_size(opened, _MOST_BYTES)
            return read(opened)
    except OSError as error:
        raise BadInput(f"{file} can't be read: {reason(error)}.") from error
    except Exception as error:  # what scipy raises for a damaged file is of many kinds
        raise BadInput(f"{file} isn't a MATLAB file that can be read, or is damaged: {error}.") from error


def _file(part: Part) -> Path:
    name = f"{part}_32x32.mat"
    return find_installed("SVHN", name, f"SVHN/{name}", f"svhn/{name}")


ENTRY = SourceEntry("svhn", "SVHN: house numbers cut to digits, 32 x 32, in torchvision's layout", _find, _load)
