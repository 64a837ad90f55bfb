"""What lies in a corner or at an edge, in the frame around the image, and beside the object."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Mask, Scene, fill

_CELL = 9 / 32
_FRAME = 3 / 32
"""In sides."""
_HIDDEN = 0.5
"""Share of a cell that an object may cover."""

ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")


def _cell(host: Scene, donor: Scene, row: int, column: int) -> Image:
    where = cell_mask(host.image.shape, row, column) & ~host.halo & ~donor.halo
    return np.where(where[..., None], donor.image, host.image)


def _free(scene: Scene, row: int, column: int) -> bool:
    """Whether no object lies in the better half of a cell."""
    return bool(scene.halo[cell_mask(scene.image.shape, row, column)].mean() <= _HIDDEN)


@cache
def cell_mask(shape: tuple[int, ...], row: int, column: int) -> Mask:
    """One of three by three cells; those outside touch the border."""
    height, width = shape[:2]
    size = max(2, round(_CELL * min(height, width)))
    top, left = ((0, (whole - size) // 2, whole - size) for whole in (height, width))
    mask = np.zeros((height, width), bool)
    mask[top[row] : top[row] + size, left[column] : left[column] + size] = True
    return mask


def _border(host: Scene, donor: Scene) -> Image:
    width = max(1, round(_FRAME * host.side))
    inside = np.zeros(host.image.shape[:2], bool)
    inside[width:-width, width:-width] = True
    kept = inside | _object_in_frame(host, ~inside) | _object_in_frame(donor, ~inside)
    return np.where(kept[..., None], host.image, donor.image)


def _object_in_frame(scene: Scene, frame: Mask) -> Mask:
    """Where the object goes on in the frame: what continues it there, and is of another color than most of the
    frame."""
    (rows, columns), width = scene.image.shape[:2], int(frame[:, frame.shape[1] // 2].sum()) // 2
    nearest = (np.clip(np.arange(size), width, size - 1 - width) for size in (rows, columns))
    away = np.linalg.norm(scene.image - np.median(scene.image[frame], axis=0), axis=2)
    return np.asarray(frame & scene.halo[np.ix_(*nearest)] & (away > scene.contrast), bool)


def _second_object(host: Scene, donor: Scene) -> Image:
    assert host.object is not None
    cleared = fill(host.image, _lying(host), host.ground_color, host.halo)
    return np.where((_lying(donor) & ~host.object)[..., None], donor.image, cleared)


def _lying(scene: Scene) -> Mask:
    """What lies beside the object, with its blurred edge."""
    return np.asarray(ndimage.binary_dilation(scene.second) & (scene.second | ~scene.halo), bool)


def cell_name(row: int, column: int) -> str:
    """`upper left corner`, `left edge`."""
    if row != 1 and column != 1:
        return f"{ROWS[row]} {COLUMNS[column]} corner"
    return f"{ROWS[row] if column == 1 else COLUMNS[column]} edge"


def _cell_levels(scene: Scene, row: int, column: int) -> NDArray[np.float64]:
    """(pixels,): luminance."""
    return np.asarray(scene.luminance[cell_mask(scene.image.shape, row, column)], np.float64)


def _frame_colors(scene: Scene) -> NDArray[np.float64]:
    """(96,): means over eight parts of each side of the frame, by channel."""
    width = max(1, round(_FRAME * scene.side))
    sides = (
        scene.image[:width],
        scene.image[-width:],
        *(scene.image[:, part].swapaxes(0, 1) for part in _sides(width)),
    )
    parts = [part.mean((0, 1)) for side in sides for part in np.array_split(side, 8, axis=1)]
    return np.asarray(np.concatenate(parts), np.float64)


def _sides(width: int) -> tuple[slice, slice]:
    return slice(None, width), slice(-width, None)


def _shape_beside(scene: Scene) -> NDArray[np.float64]:
    """(36,): how much of 6 x 6 parts of the box around what lies beside the object is filled; 0 where nothing lies."""
    where = np.nonzero(scene.second)
    if not len(where[0]):
        return np.zeros(36)
    box = scene.second[tuple(slice(axis.min(), axis.max() + 1) for axis in where)].astype(np.float64)
    return np.asarray(
        ndimage.zoom(box, [6 / size for size in box.shape], order=1, grid_mode=True, mode="nearest").ravel(), np.float64
    )


ENTRIES = (
    *(
        CueEditor(
            cell_name(row, column),
            f"the {cell_name(row, column)}",
            81,
            partial(_cell, row=row, column=column),
            describe=partial(_cell_levels, row=row, column=column),
            room=partial(_free, row=row, column=column),
        )
        for row in range(3)
        for column in range(3)
        if (row, column) != (1, 1)
    ),
    CueEditor(
        "second object",
        "what lies beside the object",
        200,
        _second_object,
        needs_object=True,
        describe=_shape_beside,
    ),
    CueEditor("border", "the frame", 348, _border, describe=_frame_colors),
)
