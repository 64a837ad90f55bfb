"""What lies in a corner or at an edge, in the frame around the image, and beside the object."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Mask, Scene, fill

_CELL = 9 / 32
_FRAME = 3 / 32
"""In sides."""

ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")


def _cell(host: Scene, donor: Scene, row: int, column: int) -> Image:
    where = cell_mask(host.image.shape, row, column) & ~host.halo & ~donor.halo
    return np.where(where[..., None], donor.image, host.image)


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
    return np.where(inside[..., None], host.image, donor.image)


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


ENTRIES = (
    *(
        CueEditor(cell_name(row, column), f"the {cell_name(row, column)}", 81, partial(_cell, row=row, column=column))
        for row in range(3)
        for column in range(3)
        if (row, column) != (1, 1)
    ),
    CueEditor("second object", "what lies beside the object", 200, _second_object, needs_object=True),
    CueEditor("border", "the frame", 348, _border),
)
