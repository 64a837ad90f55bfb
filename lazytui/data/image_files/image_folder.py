"""Many image files of one folder as one array: kept inside it, of one size, decoded once."""

from __future__ import annotations

import functools
import hashlib
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import LARGEST_SIDE, SMALLEST_SIDE
from lazytui.data.image_cache import cached_arrays
from lazytui.data.image_files.decoding_progress import report_decoded
from lazytui.errors import BadInput
from lazytui.files.writing import reason

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm"})

_MOST_BYTES = 4 * 2**30
_REPORT_EVERY = 50
"""Images between two words on how far decoding is."""

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True)
class ImageFile:
    """name: in its folder. path: without links. size, changed: in bytes and ns."""

    name: str
    path: Path
    size: int
    changed: int


class SizeNeeded(BadInput):
    """Images that need to be brought to one size."""


class Folder:
    """A folder that a person named, and what lies in it; nothing else is reached through it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = path.resolve()
        self._inside = functools.cache(self._real_inside)

    def file(self, name: str) -> ImageFile:
        """The image of that name, in it or a folder of it. Raises BadInput where it is none, or leads out."""
        path = self.path / name
        if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name:
            raise BadInput(f"{name} isn't a path inside {self.path}.")
        try:
            real = self._inside(path.parent) / path.name
            status = real.lstat()
            if stat.S_ISLNK(status.st_mode):
                real = self._real_inside(real)
                status = real.lstat()
        except OSError as error:
            raise BadInput(f"{path} can't be read: {_reason(error)}.") from error
        if not stat.S_ISREG(status.st_mode):
            raise BadInput(f"{path} isn't a file.")
        return ImageFile(name, real, status.st_size, status.st_mtime_ns)

    def folders(self, name: str = ".") -> list[str]:
        """Names of the folders in one of its folders, sorted; hidden ones don't count."""
        return [entry for entry in self._listed(name) if (self.path / name / entry).is_dir()]

    def images(self, name: str) -> list[ImageFile]:
        """The images that lie in one of its folders, sorted by name; other files don't count."""
        return [
            self.file(str(Path(name) / entry))
            for entry in self._listed(name)
            if Path(entry).suffix.lower() in SUFFIXES and not (self.path / name / entry).is_dir()
        ]

    def _listed(self, name: str) -> list[str]:
        folder = self._inside(self.path / name)
        try:
            return sorted(entry for entry in os.listdir(folder) if not entry.startswith("."))  # noqa: PTH208
        except OSError as error:
            raise BadInput(f"{self.path / name} can't be read: {_reason(error)}.") from error

    def _real_inside(self, path: Path) -> Path:
        real = path.resolve()
        if not real.is_relative_to(self.real):
            raise BadInput(f"{path} leads out of {self.path}: only files inside it are read.")
        return real


def fingerprint(files: Sequence[ImageFile]) -> str:
    """Of names and sizes: the same for a copy of the files in another place."""
    state = hashlib.blake2b(digest_size=16)
    for file in files:
        state.update(f"{file.name}\0{file.size}\n".encode(errors="surrogateescape"))
    return f"{len(files)} files {state.hexdigest()}"


@functools.lru_cache(maxsize=8)
def common_size(files: tuple[ImageFile, ...], side: int | None) -> tuple[int, int]:
    """(height, width) that images have, or are brought to. Reads the beginning and the end of each file.

    Raises BadInput for a file that is no image, and SizeNeeded for sizes that need --image-size.
    """
    with ThreadPoolExecutor() as pool:
        sizes = list(pool.map(_size, files))
    if side is not None:
        return side, side
    for file, size in zip(files, sizes, strict=True):
        if size != sizes[0]:
            raise SizeNeeded(
                f"Images have more than one size, such as {_in_words(sizes[0])} ({files[0].name}) and "
                f"{_in_words(size)} ({file.name}): choose one with --image-size."
            )
    require_side(sizes[0], files[0].name)
    return sizes[0]


def require_side(size: tuple[int, int], what: str) -> None:
    """Raise SizeNeeded for images too small or too large to be worked with as they are."""
    if max(size) > LARGEST_SIDE or min(size) < SMALLEST_SIDE:
        raise SizeNeeded(
            f"{what} has {_in_words(size)} pixels: images are {SMALLEST_SIDE} to {LARGEST_SIDE} a side; bring them to "
            "a size with --image-size."
        )


def require_memory(count: int, size: tuple[int, int]) -> None:
    """Raise BadInput where so many images of that size would be too much."""
    needed = count * size[0] * size[1] * 3
    if needed > _MOST_BYTES:
        raise BadInput(
            f"{count:,} images of {_in_words(size)} pixels need {needed / 2**30:.1f} GB of memory, more than "
            f"{_MOST_BYTES / 2**30:.0f}: use fewer (--train-size, --test-size) or a smaller --image-size."
        )


def decoded(files: Sequence[ImageFile], size: tuple[int, int], *, resized: bool) -> NDArray[np.uint8]:
    """(n, height, width, 3) uint8: decoded once and cached. Transparent parts are white.

    resized: fitted inside that size as a whole, the rest black; else each must have that size. Raises BadInput for a
    file that can't be read or has another size.
    """
    require_memory(len(files), size)
    shape = (len(files), *size, 3)

    def decode() -> list[NDArray[np.uint8]]:
        images = np.empty(shape, np.uint8)

        def read(index: int) -> None:
            images[index] = _read(files[index], size, resized)

        with ThreadPoolExecutor() as pool:
            try:
                for done, _ in enumerate(pool.map(read, range(len(files))), start=1):
                    if done % _REPORT_EVERY == 0 or done == len(files):
                        report_decoded(done, len(files))
            finally:
                pool.shutdown(cancel_futures=True)
        return [images]

    of_files = [[str(file.path), file.size, file.changed] for file in files]
    (images,) = cached_arrays({"decoded": of_files, "size": size, "resized": resized}, [shape], decode)
    return images


def resized_array(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(n, h, w, 3) uint8 as (n, side, side, 3), as files are resized."""
    from PIL import Image

    return np.stack([_fitted(Image.fromarray(image), side) for image in images])


def _read(file: ImageFile, size: tuple[int, int], resized: bool) -> NDArray[np.uint8]:
    from lazytui.data.image_files.picture_file import open_picture

    picture = open_picture(file.path, _WHITE, at_least=max(size) if resized else None, links=False)
    if resized:
        return _fitted(picture, size[0])
    if (picture.height, picture.width) != size:
        raise BadInput(f"{file.path} has {_in_words((picture.height, picture.width))} pixels, not {_in_words(size)}.")
    return np.asarray(picture)


def _fitted(picture: object, side: int) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    assert isinstance(picture, Image.Image)
    return np.asarray(ImageOps.pad(picture, (side, side), Image.Resampling.BILINEAR, color=_BLACK))


def _size(file: ImageFile) -> tuple[int, int]:
    from lazytui.data.image_files.picture_file import picture_size

    return picture_size(file.path, links=False)


def _in_words(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _reason(error: OSError) -> str:
    return "it doesn't exist" if isinstance(error, FileNotFoundError) else reason(error)
