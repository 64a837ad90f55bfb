"""Folders of classes: PATH/train/CLASS/* and PATH/test/CLASS/*, or PATH/CLASS/*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import MOST_CLASSES
from lazytui.data.image_files.image_folder import Folder, ImageFile, common_size, decoded, fingerprint
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry, content_of
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.parts import held_out, mixed_order
from lazytui.errors import BadInput
from lazytui.files.writing import parse_path

_TRAIN = "train"
_TEST = ("test", "val", "valid", "validation")


@dataclass(frozen=True)
class _Listing:
    """What lies there. labels: one a file. tested: (n,) bool, of the test part."""

    folder: Folder
    classes: tuple[str, ...]
    files: tuple[ImageFile, ...]
    labels: NDArray[np.uint8]
    tested: NDArray[np.bool_]


def _find(options: SourceOptions) -> Source:
    listing = _list(options)
    height, width = common_size(listing.files, options.image_size)
    content = content_of(classes=listing.classes, height=height, width=width, fingerprint=fingerprint(listing.files))
    tested = int(listing.tested.sum())
    return Source(f"folder:{listing.folder.real}", content, {"train": len(listing.files) - tested, "test": tested})


def _load(options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    listing = _list(options)
    chosen = np.flatnonzero(listing.tested == (part == "test"))
    chosen = chosen[mixed_order(len(chosen))][:size]
    files = tuple(listing.files[index] for index in chosen)
    side = common_size(files[:1], options.image_size)
    return SourceImages(decoded(files, side, resized=options.image_size is not None), listing.labels[chosen])


def _list(options: SourceOptions) -> _Listing:
    folder = Folder(parse_path(options.path).expanduser())
    inside = folder.folders()
    tests = [name for name in _TEST if name in inside]
    if _TRAIN in inside and tests:
        classes = _classes(folder, _TRAIN)
        train = _files(folder, _TRAIN, classes)
        if foreign := sorted(set(folder.folders(tests[0])) - set(classes)):
            raise BadInput(f"{folder.path / tests[0]} has the class {foreign[0]}, which {_TRAIN} hasn't.")
        test = _files(folder, tests[0], classes)
        return _listing(folder, classes, train, test)
    part = _TRAIN if _TRAIN in inside else "."
    classes = _classes(folder, part)
    return _listing(folder, classes, _files(folder, part, classes), None)


def _classes(folder: Folder, part: str) -> tuple[str, ...]:
    classes = folder.folders(part)
    where = folder.path / part
    if len(classes) < 2:
        raise BadInput(f"{where} has {len(classes)} folders of classes: two or more are needed, one a class.")
    if len(classes) > MOST_CLASSES:
        raise BadInput(f"{where} has {len(classes):,} folders of classes, more than {MOST_CLASSES}.")
    return tuple(classes)


def _files(folder: Folder, part: str, classes: Sequence[str]) -> list[list[ImageFile]]:
    """Of each class."""
    files_by_class = [folder.images(f"{part}/{name}") for name in classes]
    for name, files in zip(classes, files_by_class, strict=True):
        if not files:
            raise BadInput(f"{folder.path / part / name} has no images.")
    return files_by_class


def _listing(
    folder: Folder, classes: tuple[str, ...], train: list[list[ImageFile]], test: list[list[ImageFile]] | None
) -> _Listing:
    files = tuple(file for of_class in (*train, *(test or ())) for file in of_class)
    counts = [len(of_class) for of_class in (*train, *(test or ()))]
    labels = np.repeat(np.resize(np.arange(len(classes), dtype=np.uint8), len(counts)), counts)
    if test is not None:
        return _Listing(folder, classes, files, labels, np.arange(len(files)) >= sum(map(len, train)))
    for name, of_class in zip(classes, train, strict=True):
        if len(of_class) < 2:
            raise BadInput(f"The class {name} in {folder.path} has one image: two are needed, one to test.")
    return _Listing(folder, classes, files, labels, held_out(labels))


ENTRY = SourceEntry(
    "folder",
    "your images in a folder a class: PATH/train/CLASS/* and PATH/test/CLASS/*, or PATH/CLASS/*, of which a fifth is "
    "tested",
    _find,
    _load,
    metavar="PATH",
    reads=("image_size",),
)
