"""Any picture file as one image for a network: cut to shape, brought to its size."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from lazytui.errors import BadInput
from lazytui.files.reading import Unreadable, open_regular, require_size
from lazytui.files.writing import storage_errors, write_atomic

Fit = Literal["crop", "pad", "stretch"]
Color = tuple[int, int, int]

_MOST_BYTES = 64 * 2**20
_MOST_PIXELS = 64 * 10**6
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
"""Those that are read as plain pixels; others of Pillow's start programs or follow names in the file."""
_JPEG_END, _LAST_BYTES = b"\xff\xd9", 1024
_ON_THEIR_SIDE = range(5, 9)
"""Orientations of EXIF in which rows stand for columns."""


def read_picture(
    path: Path,
    height: int = 28,
    width: int = 28,
    *,
    fit: Fit = "crop",
    invert: bool = False,
    background: Color = (0, 0, 0),
) -> NDArray[np.uint8]:
    """A picture file of any size as (height, width, 3) uint8; one that has this size already stays as it is.

    fit: what becomes of what has another shape, such as one that isn't square: crop keeps the largest part in its
    middle, pad adds black at two edges, stretch distorts. invert: light becomes dark, as for ink on paper. background:
    what transparent parts show.

    The first frame of several counts, turned as the camera says. Raises BadInput where it can't be read.
    """
    picture = _in_shape(open_picture(path, background), fit, height / width).resize(
        (width, height), Image.Resampling.BOX
    )
    image: NDArray[np.uint8] = np.array(picture, np.uint8)
    return 255 - image if invert else image


def write_picture(image: NDArray[np.uint8], path: Path) -> None:
    """Write (h, w, 3) uint8 as a PNG file, in a new folder where there is none. Raises BadInput where that fails."""
    encoded = BytesIO()
    Image.fromarray(image).save(encoded, format="PNG")
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, encoded.getvalue())


def open_picture(path: Path, background: Color, *, at_least: int | None = None, links: bool = True) -> Image.Image:
    """In RGB, without transparency, turned as the camera says; 16 bits become the upper 8.

    at_least: a side that is enough, so that a larger JPEG may be decoded at half or a quarter of its size. links:
    whether symbolic links are followed. Raises BadInput where it can't be read.
    """
    with _opened(path, links) as picture:
        if at_least is not None:
            picture.draft("RGB", (at_least, at_least))
        upright = ImageOps.exif_transpose(_of_bytes(picture)).convert("RGBA")
    ground = Image.new("RGBA", upright.size, (*background, 255))
    return Image.alpha_composite(ground, upright).convert("RGB")


def open_cut_out(path: Path) -> Image.Image:
    """In RGBA, of a picture whose ground is transparent. Raises BadInput where it isn't, or as `open_picture`."""
    with _opened(path, links=False) as picture:
        upright = ImageOps.exif_transpose(_of_bytes(picture)).convert("RGBA")
    if upright.getchannel("A").getextrema() == (255, 255):
        raise BadInput(f"{path} has no transparent background, which cut-outs need.")
    return upright


def picture_size(path: Path, *, links: bool = True) -> tuple[int, int]:
    """(height, width), turned as the camera says. Raises as `open_picture`, also where the file is cut short.

    A JPEG that has an end isn't decoded.
    """
    with _opened(path, links) as picture:
        turned = picture.getexif().get(ExifTags.Base.Orientation, 1) in _ON_THEIR_SIDE
        if not _has_jpeg_end(picture):
            picture.load()
        return picture.size if turned else (picture.height, picture.width)


def _has_jpeg_end(picture: ImageFile.ImageFile) -> bool:
    """Whether it is a JPEG whose last bytes, before what programs append to one, mark its end."""
    if picture.format != "JPEG" or picture.fp is None:
        return False
    picture.fp.seek(0, SEEK_END)
    picture.fp.seek(max(0, picture.fp.tell() - _LAST_BYTES))
    return _JPEG_END in picture.fp.read()


@contextmanager
def _opened(path: Path, links: bool) -> Iterator[ImageFile.ImageFile]:
    """Not decoded yet. Whatever is wrong with the file, now or when it is, is raised as BadInput."""
    try:
        file = open_regular(path, links=links)
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror or error}.") from error
    try:
        with file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata and the like, which say nothing of the pixels
            require_size(file, _MOST_BYTES)
            picture = Image.open(file, formats=_FORMATS)
            if picture.width * picture.height > _MOST_PIXELS:
                raise BadInput(f"{path} has {picture.width:,} x {picture.height:,} pixels, more than {_MOST_PIXELS:,}.")
            yield picture
    except UnidentifiedImageError as error:
        names = ", ".join(_FORMATS)
        raise BadInput(f"{path} isn't a picture in a supported format ({names}).") from error
    except Image.DecompressionBombError as error:
        raise BadInput(f"{path} has more than {_MOST_PIXELS:,} pixels.") from error
    except Unreadable as error:
        raise BadInput(f"{path} can't be read: {error.strerror or error}.") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise BadInput(f"{path} is damaged or cut short: {error}.") from error


def _of_bytes(picture: Image.Image) -> Image.Image:
    """One of 16 bits a pixel as one of 8, which Pillow would clip."""
    if not picture.mode.startswith("I"):
        return picture
    levels = np.clip(np.asarray(picture), 0, 65535) >> 8
    of_bytes = Image.fromarray(levels.astype(np.uint8))
    of_bytes.info = dict(picture.info)
    return of_bytes


def _in_shape(picture: Image.Image, fit: Fit, shape: float) -> Image.Image:
    """shape: height by width."""
    width, height = picture.size
    widths = (width, round(height / shape))
    kept = min(widths) if fit == "crop" else max(widths)
    size = (max(kept, 1), max(round(kept * shape), 1))
    if fit == "crop":
        return ImageOps.fit(picture, size)
    return ImageOps.pad(picture, size) if fit == "pad" else picture
