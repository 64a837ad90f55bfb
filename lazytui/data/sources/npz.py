"""NumPy archives: x_train, y_train, a_train and the same of test, or MedMNIST's train_images and train_labels."""

from __future__ import annotations

import functools
import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lazytui.data.image_cache import cached_arrays
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.arrays import as_images, image_size, require_images
from lazytui.data.sources.base import Source, SourceEntry, content_of
from lazytui.data.sources.labels import (
    attribute_content,
    indexed,
    part_names,
    require_every_class,
    whole_numbers,
)
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.parts import mixed_order
from lazytui.errors import BadInput
from lazytui.files.reading import open_regular, require_size
from lazytui.files.writing import parse_path, reason

_MOST_BYTES = 4 * 2**30
"""Of the file, and of each array unpacked."""

_LAYOUTS = (("x_{}", "y_{}", "a_{}"), ("{}_images", "{}_labels", "{}_attributes"))
"""Names of the arrays of a part: images, labels and attributes. The second is MedMNIST's."""

_TEST = ("test", "val", "valid", "validation")
"""What the test part is called, the first that there is."""


@dataclass(frozen=True)
class _Archive:
    """All but the images. names: of the arrays of images, by part; shapes: theirs. labels, attributes: of both parts,
    one after the other. of_bytes: the parts whose images are, and so can be nothing else."""

    file: Path
    fingerprint: str
    names: dict[Part, str]
    shapes: dict[Part, tuple[int, ...]]
    classes: tuple[str, ...]
    labels: NDArray[np.uint8]
    values: tuple[str, ...]
    attributes: NDArray[np.uint8] | None
    of_bytes: frozenset[Part]

    @property
    def parts(self) -> NDArray[Any]:
        """(n,) the part of each image."""
        return part_names({part: shape[0] for part, shape in self.shapes.items()})


def _find(options: SourceOptions) -> Source:
    archive = _read(options)
    sizes = {image_size(archive.shapes[part], archive.names[part], options.image_size) for part in archive.names}
    if len(sizes) > 1:
        raise BadInput(
            f"{archive.file} has images of another size to train than to test: choose one with --image-size."
        )
    ((height, width),) = sizes
    for part in archive.names.keys() - archive.of_bytes:
        _images(archive, part, options.image_size)  # which refuses what isn't a picture's level
    require_every_class(archive.labels, archive.parts, archive.classes, str(archive.file))
    of_attribute = {}
    if archive.attributes is not None:
        of_attribute = dict(
            attribute_content(
                "attribute", archive.values, archive.labels, archive.attributes, archive.parts, archive.classes
            )
        )
    content = content_of(
        classes=archive.classes, height=height, width=width, fingerprint=archive.fingerprint, **of_attribute
    )
    counts = {part: shape[0] for part, shape in archive.shapes.items()}
    return Source(f"npz:{archive.file}", content, counts)


def _load(options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    archive = _read(options)
    images = _images(archive, part, options.image_size)
    of_part = np.flatnonzero(archive.parts == part)
    order = mixed_order(len(of_part))[:size]
    labels, attributes = archive.labels[of_part], archive.attributes
    return SourceImages(images[order], labels[order], None if attributes is None else attributes[of_part][order])


def _images(archive: _Archive, part: Part, side: int | None) -> NDArray[np.uint8]:
    """All of a part's, (n, height, width, 3), read once and cached."""
    name, shape = archive.names[part], archive.shapes[part]
    height, width = image_size(shape, name, side)

    def read() -> list[NDArray[np.uint8]]:
        with _opened(archive.file) as zipped:
            return [as_images(_array(zipped, name, archive.file), name, side)]

    decisive = {"archive": archive.fingerprint, "array": name, "side": side}
    (images,) = cached_arrays(decisive, [(shape[0], height, width, 3)], read)
    return images


def _read(options: SourceOptions) -> _Archive:
    file = parse_path(options.path).expanduser().resolve()
    try:
        status = file.stat()
    except OSError as error:
        raise BadInput(f"{file} can't be read: {reason(error)}.") from error
    return _read_once(file, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _read_once(file: Path, size: int, _changed: int) -> _Archive:
    with _opened(file) as zipped:
        there = {name.removesuffix(".npy") for name in zipped.namelist()}
        parts, (images, labels, attributes) = _layout(file, there)
        names: dict[Part, str] = {part: images.format(word) for part, word in parts.items()}
        headers = {part: _header(zipped, name, file) for part, name in names.items()}
        shapes = {part: shape for part, (shape, _) in headers.items()}
        for part, shape in shapes.items():
            require_images(shape, names[part])
        label_texts = [_words(zipped, labels.format(word), shapes[part], file) for part, word in parts.items()]
        classes, indices = indexed([word for of_part in label_texts for word in of_part], f"The labels of {file}")
        values: tuple[str, ...] = ()
        attribute_indices = None
        if all(attributes.format(word) in there for word in parts.values()):
            label_texts = [_words(zipped, attributes.format(word), shapes[part], file) for part, word in parts.items()]
            values, attribute_indices = indexed(
                [word for of_part in label_texts for word in of_part], f"The attributes of {file}"
            )
    of_bytes = frozenset(part for part, (_, dtype) in headers.items() if dtype == np.uint8)
    return _Archive(file, _hash(file, size), names, shapes, classes, indices, values, attribute_indices, of_bytes)


def _layout(file: Path, there: set[str]) -> tuple[dict[Part, str], tuple[str, str, str]]:
    """What each part is called in it, and the names of its arrays with a gap for that."""
    for layout in _LAYOUTS:
        test = next((word for word in _TEST if layout[0].format(word) in there), None)
        if layout[0].format("train") not in there or test is None:
            continue
        for word in ("train", test):
            if layout[1].format(word) not in there:
                raise BadInput(f"{file} has {layout[0].format(word)}, but no {layout[1].format(word)}.")
        return {"train": "train", "test": test}, layout
    listed = ", ".join(sorted(there)[:10]) or "nothing"
    raise BadInput(
        f"{file} has neither x_train, y_train, x_test and y_test nor train_images, train_labels, test_images and "
        f"test_labels; it has {listed}."
    )


def _words(zipped: zipfile.ZipFile, name: str, images: tuple[int, ...], file: Path) -> list[str]:
    entries = whole_numbers(_array(zipped, name, file), name)
    if len(entries) != images[0]:
        raise BadInput(f"{file} has {len(entries):,} entries in {name}, but {images[0]:,} images.")
    return entries


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive. Raises BadInput where it isn't one, or is damaged."""
    try:
        with open_regular(file) as opened:
            require_size(opened, _MOST_BYTES)
            with zipfile.ZipFile(opened) as zipped:
                yield zipped
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(f"{file} isn't a NumPy archive, or is damaged: {error}.") from error
    except OSError as error:
        raise BadInput(f"{file} can't be read: {reason(error)}.") from error


def _header(zipped: zipfile.ZipFile, name: str, file: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    with _member(zipped, name, file) as member:
        return _parse_header(member, name, file)


def _array(zipped: zipfile.ZipFile, name: str, file: Path) -> NDArray[Any]:
    """One array. Python objects are refused, and an array larger than its file says."""
    with _member(zipped, name, file) as member:
        shape, dtype = _parse_header(member, name, file)
    with _member(zipped, name, file) as member:
        try:
            return np.lib.format.read_array(cast("Any", member), allow_pickle=False)
        except (ValueError, zipfile.error, OverflowError) as error:
            raise BadInput(f"{name} in {file} is damaged: {dtype} of shape {shape} can't be read.") from error


def _member(zipped: zipfile.ZipFile, name: str, file: Path) -> zipfile.ZipExtFile:
    info = zipped.getinfo(f"{name}.npy")
    if info.file_size > _MOST_BYTES:
        raise BadInput(f"{name} in {file} has {info.file_size:,} bytes, more than {_MOST_BYTES:,}.")
    return cast("zipfile.ZipExtFile", zipped.open(info))


def _parse_header(member: zipfile.ZipExtFile, name: str, file: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(cast("Any", member))
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(cast("Any", member))
    except ValueError as error:
        raise BadInput(f"{name} in {file} isn't an array that can be read here.") from error
    if dtype.hasobject:
        raise BadInput(f"{name} in {file} holds Python objects, which aren't read: they can run code.")
    if int(np.prod(shape, dtype=object)) * dtype.itemsize > _MOST_BYTES:
        raise BadInput(f"{name} in {file} has the shape {shape}, too large to be read here.")
    return shape, dtype


def _hash(file: Path, size: int) -> str:
    with open_regular(file) as opened:
        digest = hashlib.file_digest(cast("Any", opened), lambda: hashlib.blake2b(digest_size=16))
    return f"{size} bytes {digest.hexdigest()}"


ENTRY = SourceEntry(
    "npz",
    "a NumPy archive of x_train, y_train, x_test and y_test, with a_train and a_test where an attribute is known, or "
    "in MedMNIST's layout",
    _find,
    _load,
    metavar="FILE",
    reads=("image_size",),
)
