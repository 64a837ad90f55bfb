"""Arrays of images as files have them, made into (n, height, width, 3) uint8."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.data.image_files.image_folder import require_memory, require_side, resized_array
from lazytui.errors import BadInput


def image_size(shape: tuple[int, ...], what: str, side: int | None) -> tuple[int, int]:
    """(height, width) that images of an array of this shape have, or are brought to. Raises BadInput for no images."""
    height, width = _height_and_width(shape, what)
    if side is None:
        require_side((height, width), what)
        return height, width
    return side, side


def require_images(shape: tuple[int, ...], what: str) -> None:
    """Raise BadInput where an array of this shape holds no images."""
    _height_and_width(shape, what)


def as_images(array: NDArray[Any], what: str, side: int | None) -> NDArray[np.uint8]:
    """(n, h, w), (n, h, w, 1 or 3) or (n, 1 or 3, h, w), bytes or numbers of 0 to 1 -> (n, height, width, 3) uint8.

    Raises BadInput for numbers beyond that, or that aren't finite.
    """
    size = image_size(array.shape, what, side)
    require_memory(len(array), size)
    if array.ndim == 4 and array.shape[-1] not in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    levels = _levels(array if array.ndim == 4 else array[..., None], what)
    images = np.broadcast_to(levels, (*levels.shape[:3], 3))
    if side is not None and images.shape[1:3] != size:
        return resized_array(np.ascontiguousarray(images), side)
    return np.ascontiguousarray(images)


def _height_and_width(shape: tuple[int, ...], what: str) -> tuple[int, int]:
    if len(shape) in (3, 4) and min(shape) < 1:
        raise BadInput(f"{what} has the shape {shape}: there is nothing in it.")
    if len(shape) == 3:
        return shape[1], shape[2]
    if len(shape) == 4 and shape[3] in (1, 3):
        return shape[1], shape[2]
    if len(shape) == 4 and shape[1] in (1, 3):
        return shape[2], shape[3]
    raise BadInput(f"{what} has the shape {shape}: images are (n, height, width), with 1 or 3 channels or none.")


def _levels(array: NDArray[Any], what: str) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind in "iu":
        _require_range(array, 255, what)
        return array.astype(np.uint8)
    if array.dtype.kind != "f":
        raise BadInput(f"{what} holds {array.dtype}: images are bytes, or numbers of 0 to 1.")
    if not np.isfinite(array).all():
        raise BadInput(f"{what} holds numbers that aren't finite.")
    _require_range(array, 1, what)
    return np.asarray(np.rint(array * 255), np.uint8)


def _require_range(array: NDArray[Any], most: int, what: str) -> None:
    if array.size and (array.min() < 0 or array.max() > most):
        raise BadInput(f"{what} holds numbers from {array.min()} to {array.max()}: they must be 0 to {most}.")
