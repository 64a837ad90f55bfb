"""Where the object lies, how large it is and how it is turned; the ground closes behind it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene

_LEAST_FACTOR, _MOST_FACTOR = 0.3, 3.0


def _position(host: Scene, donor: Scene) -> Image:
    (row, column), (to_row, to_column) = host.center, donor.center
    return _transformed(host, np.eye(2), (float(round(to_row - row)), float(round(to_column - column))))


def _size(host: Scene, donor: Scene) -> Image:
    factor = float(np.clip(donor.spread / host.spread, _LEAST_FACTOR, _MOST_FACTOR))
    return _transformed(host, np.eye(2) / factor, (0.0, 0.0))


def _transformed(host: Scene, matrix: np.ndarray, move: tuple[float, float]) -> Image:
    """The object drawn anew: each pixel shows what lies at `matrix` times its distance from where the center goes to.

    matrix: (2, 2). move: of the center, in pixels.
    """
    if np.array_equal(matrix, np.eye(2)) and move == (0.0, 0.0):
        return host.image
    center = np.array(host.center)
    offset = center - matrix @ (center + move)
    cover = ndimage.affine_transform(host.halo.astype(np.float32), matrix, offset, order=1)[..., None]
    layers = [ndimage.affine_transform(host.image[..., c], matrix, offset, order=1, mode="nearest") for c in range(3)]
    return np.asarray(cover * np.stack(layers, -1) + (1 - cover) * host.cleared, np.float32)


ENTRIES = (
    CueEditor("size", "the size of the object", 1, _size, needs_object=True),
    CueEditor("position", "the place of the object", 2, _position, needs_object=True),
)
