"""Sources of ten classes of white shapes on black, 28 x 28: MNIST and Fashion-MNIST, downloaded if absent, or our own
pen strokes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import DIGITS, FASHION, Content
from lazytui.data.data_folder import data_folder, system_folder
from lazytui.data.image_cache import cached_arrays
from lazytui.data.mnist.download import Downloadable, download
from lazytui.data.mnist.idx_files import find_idx, read_idx, read_idx_shape
from lazytui.data.source_images import Part, SourceImages, WholeSource
from lazytui.data.sources.base import Source, SourceEntry
from lazytui.data.sources.options import SourceOptions
from lazytui.data.strokes.handwriting import draw_split
from lazytui.errors import BadInput

GrayName = Literal["mnist", "fashion", "strokes"]

_STROKES_SIZES: dict[Part, int] = {"train": 60_000, "test": 10_000}
_FOLDERS: dict[Downloadable, str] = {"mnist": "MNIST", "fashion": "FashionMNIST"}
_SYSTEM_FOLDERS: dict[Downloadable, str] = {"mnist": "mnist", "fashion": "fashion-mnist"}
"""As Debian's packages dataset-mnist and dataset-fashion-mnist have them."""

_PREFIXES: dict[Part, str] = {"train": "train", "test": "t10k"}


def is_cached(name: Downloadable) -> bool:
    """Whether all four files exist; they are checked when read."""
    return all(_find(name, part, kind) for part in _PREFIXES for kind in ("images", "labels"))


def resolve_auto() -> GrayName:
    """MNIST if it is on disk or can be downloaded, otherwise `strokes`."""
    return resolve_gray("auto")


def resolve_gray(name: str) -> GrayName:
    """Make a source available, downloading it if necessary, and return which one it is.

    `auto` is MNIST if it is on disk or can be downloaded, otherwise `strokes`. Raises BadInput if the named source is
    not available.
    """
    folder = data_folder()  # raises here for an impossible folder, not as if it were empty
    if name == "auto":
        try:
            return resolve_gray("mnist")
        except BadInput:
            return "strokes"
    gray_source = gray_name(name)
    if gray_source != "strokes" and not is_cached(gray_source):
        download(gray_source, folder)
    return gray_source


def gray_name(name: str) -> GrayName:
    """The name, which must be one of these sources'."""
    (match,) = (each for each in get_args(GrayName) if each == name)
    return match  # type: ignore[no-any-return]


def gray_content(name: GrayName) -> Content:
    """Of the images alone, without any color."""
    label, classes = ("class", FASHION) if name == "fashion" else ("digit", DIGITS)
    return Content(label=label, classes=classes, height=28, width=28, masks=True)


def count(name: GrayName, part: Part) -> int:
    """How many images a part has."""
    if name == "strokes":
        return _STROKES_SIZES[part]
    return read_idx_shape(_file(name, part, "labels"), dimensions=1)[0]


def check_size(name: GrayName, part: Part, size: int | None) -> None:
    """Raise BadInput if a source's train or test split has fewer than `size` digits."""
    available = count(name, part)
    if size is not None and size > available:
        raise BadInput(f"The source {name} has {available} digits in its {part} split, not {size}.")


def require_every_digit(name: GrayName) -> None:
    """Raise BadInput if a source's test files lack a digit: all analyses need all of them."""
    if name == "strokes":
        return
    labels_file = _file(name, "test", "labels")
    labels = read_idx(labels_file, dimensions=1)
    missing = [digit for digit in range(10) if digit not in labels]
    if missing:
        raise BadInput(
            f"{labels_file} holds {len(labels):,} digits, but no {missing[0]}: all ten classes, 0 to 9, are needed."
        )


def load_digits(name: GrayName, part: Part, size: int | None = None) -> SourceImages:
    """The first `size` digits (default: all) of a source's train or test split.

    Raises BadInput if the source has fewer, or its files are damaged. Strokes are always those of seed 0: like MNIST, a
    fixed set of digits.
    """
    check_size(name, part, size)
    if name == "strokes":
        return _draw_cached(part, size or _STROKES_SIZES[part])
    images_file, labels_file = _file(name, part, "images"), _file(name, part, "labels")
    images, labels = read_idx(images_file, dimensions=3), read_idx(labels_file, dimensions=1)
    if images.shape[1:] != (28, 28):
        raise BadInput(f"{images_file} holds images of {images.shape[1]}x{images.shape[2]} pixels, not 28x28.")
    if len(images) != len(labels):
        raise BadInput(f"{images_file} holds {len(images)} images, but {labels_file.name} {len(labels)} labels.")
    if labels.max(initial=0) > 9:
        raise BadInput(f"{labels_file} holds the label {labels.max()}: digits go from 0 to 9.")
    return SourceImages(images[:size], labels[:size])


def _draw_cached(part: Part, size: int) -> SourceImages:
    """The first strokes of a split, drawn once and cached."""

    def draw() -> list[NDArray[np.uint8]]:
        digits = draw_split(part, size)
        return [digits.images, digits.labels]

    images, labels = cached_arrays({"drawn": part, "size": size}, [(size, 28, 28), (size,)], draw)
    return SourceImages(images, labels)


def load_source(name: str) -> WholeSource:
    """All digits of a source; `WholeSource.name` is what `auto` resolved to. Raises BadInput as `load_digits` does."""
    source = resolve_gray(name)
    return WholeSource(source, load_digits(source, "train"), load_digits(source, "test"))


def _file(name: Downloadable, part: Part, kind: Literal["images", "labels"]) -> Path:
    path = _find(name, part, kind)
    if path is None:
        raise BadInput(f"{_raw_folder(name)} has no {_file_name(part, kind)}.")
    return path


def _find(name: Downloadable, part: Part, kind: Literal["images", "labels"]) -> Path | None:
    folders = (_raw_folder(name), system_folder() / _SYSTEM_FOLDERS[name])
    return next(filter(None, (find_idx(folder, _file_name(part, kind)) for folder in folders)), None)


def _raw_folder(name: Downloadable) -> Path:
    return data_folder() / _FOLDERS[name] / "raw"


def _file_name(part: Part, kind: Literal["images", "labels"]) -> str:
    return f"{_PREFIXES[part]}-{kind}-idx{3 if kind == 'images' else 1}-ubyte"


def _find_gray(options: SourceOptions) -> Source:
    name = resolve_gray(options.source)
    counts: dict[Part, int] = {part: count(name, part) for part in _PREFIXES}
    require_every_digit(name)
    return Source(name, gray_content(name), counts)


def _load_gray(options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    name = gray_name(options.source)
    return load_digits(name, part, size if name == "strokes" else None)


MNIST, FASHION_MNIST, STROKES = (
    SourceEntry(name, summary, _find_gray, _load_gray, gray=True, cue="color")
    for name, summary in (
        ("mnist", "handwritten digits, 28 x 28 (downloaded where they aren't at hand)"),
        ("fashion", "Fashion-MNIST: clothes, 28 x 28 (downloaded where they aren't at hand)"),
        ("strokes", "digits drawn here, 28 x 28, no download"),
    )
)
