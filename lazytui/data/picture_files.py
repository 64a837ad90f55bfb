"""Any picture file as one image for a network: cut to shape, brought to its size."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from lazytui.errors import BadInput
from lazytui.files.reading import read_regular
from lazytui.files.writing import storage_errors, write_atomic

Fit = Literal["crop", "pad", "stretch"]

_MOST_BYTES = 64 * 2**20
_MOST_PIXELS = 64 * 10**6
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
"""Those that are read as plain pixels; others of Pillow's start programs or follow names in the file."""


def read_picture(
    path: Path, side: int = 28, *, fit: Fit = "crop", invert: bool = False, background: tuple[int, int, int] = (0, 0, 0)
) -> NDArray[np.uint8]:
    """A picture file of any size as (side, side, 3) uint8; one that has this size already stays as it is.

    fit: what becomes of what isn't square: crop keeps the square in its middle, pad adds black at two edges, stretch
    distorts. invert: light becomes dark, as for ink on paper. background: what transparent parts show.

    The first frame of several counts, turned as the camera says. Raises BadInput where it can't be read.
    """
    picture = _square(_opened(path, background), fit).resize((side, side), Image.Resampling.BOX)
    image: NDArray[np.uint8] = np.array(picture, np.uint8)
    return 255 - image if invert else image


def write_picture(image: NDArray[np.uint8], path: Path) -> None:
    """Write (h, w, 3) uint8 as a PNG file, in a new folder where there is none. Raises BadInput where that fails."""
    encoded = BytesIO()
    Image.fromarray(image).save(encoded, format="PNG")
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, encoded.getvalue())


def _opened(path: Path, background: tuple[int, int, int]) -> Image.Image:
    """In RGB, without transparency."""
    try:
        content = read_regular(path, _MOST_BYTES, links=True)
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror or error}.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata and the like, which say nothing of the pixels
            found = Image.open(BytesIO(content), formats=_FORMATS)
            if found.width * found.height > _MOST_PIXELS:
                raise BadInput(f"{path} has {found.width:,} x {found.height:,} pixels, more than {_MOST_PIXELS:,}.")
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except UnidentifiedImageError as error:
        names = ", ".join(_FORMATS)
        raise BadInput(f"{path} isn't a picture of a kind that is read here ({names}).") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise BadInput(f"{path} is damaged or cut short: {error}.") from error
    ground = Image.new("RGBA", upright.size, (*background, 255))
    return Image.alpha_composite(ground, upright).convert("RGB")


def _square(picture: Image.Image, fit: Fit) -> Image.Image:
    width, height = picture.size
    if fit == "crop":
        return ImageOps.fit(picture, (min(width, height),) * 2)
    if fit == "pad":
        return ImageOps.pad(picture, (max(width, height),) * 2)
    return picture
