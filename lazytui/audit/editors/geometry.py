"""Where the object lies, how large it is, how it is turned and how wide for its height; the ground closes behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene

_LEAST_FACTOR, _MOST_FACTOR = 0.3, 3.0
_MOST_TURN, _MOST_STRETCH = np.pi / 4, 1.35
"""In radians; of height and of width. Beyond them it is another shape, such as a shoe and a dress, and not a property
that could be exchanged: then the image stays."""
_ROUND = 0.05
"""Below this difference of its two variances, in shares of their sum, an object has no direction."""


def _position(host: Scene, donor: Scene) -> Image:
    """As far as the object stays in the image: what a move cuts off says nothing of places."""
    assert host.object is not None
    moves = []
    for axis, (own, other) in enumerate(zip(host.center, donor.center, strict=True)):
        filled = np.flatnonzero(host.object.any(1 - axis))
        moves.append(float(np.clip(round(other - own), -filled[0], host.object.shape[axis] - 1 - filled[-1])))
    return _transformed(host, np.eye(2), (moves[0], moves[1]))


def _size(host: Scene, donor: Scene) -> Image:
    factor = float(np.clip(donor.spread / host.spread, _LEAST_FACTOR, _MOST_FACTOR))
    return _transformed(host, np.eye(2) / factor, (0.0, 0.0))


def _rotation(host: Scene, donor: Scene) -> Image:
    own, wanted = _direction(host), _direction(donor)
    if own is None or wanted is None:
        return host.image
    turn = (wanted - own + np.pi / 2) % np.pi - np.pi / 2 if wanted != own else 0.0
    if abs(turn) > _MOST_TURN:
        return host.image
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return _transformed(host, matrix, (0.0, 0.0))


def _direction(scene: Scene) -> float | None:
    """Of the longer axis, in radians from downward; None where neither is longer."""
    assert scene.object is not None
    (down, both), (_, across) = np.cov(np.nonzero(scene.object), bias=True)
    if np.hypot(down - across, 2 * both) < _ROUND * (down + across):
        return None
    return float(np.arctan2(2 * both, down - across) / 2)


def _turn(scene: Scene) -> NDArray[np.float64]:
    """(2,): twice the direction as a point on the circle, since axes have no beginning; 0, 0 for none."""
    direction = _direction(scene)
    return np.zeros(2) if direction is None else np.array([np.cos(2 * direction), np.sin(2 * direction)])


def _proportions(host: Scene, donor: Scene) -> Image:
    """Height for width, the area kept."""
    factor = float(np.sqrt(proportion(donor) / proportion(host)))
    if not 1 / _MOST_STRETCH <= factor <= _MOST_STRETCH:
        return host.image
    return _transformed(host, np.diag([1 / factor, factor]), (0.0, 0.0))


def proportion(scene: Scene) -> float:
    """Of an object: the standard deviation of its rows over that of its columns."""
    assert scene.object is not None
    down, across = np.std(np.nonzero(scene.object), axis=1) + 0.5
    return float(down / across)


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
    CueEditor(
        "size",
        "the size of the object",
        1,
        _size,
        needs_object=True,
        describe=lambda scene: np.array([np.log(scene.spread)]),
        graded=True,
    ),
    CueEditor("rotation", "how the object is turned", 1, _rotation, needs_object=True, describe=_turn),
    CueEditor(
        "proportions",
        "how wide the object is for its height",
        1,
        _proportions,
        needs_object=True,
        describe=lambda scene: np.array([np.log(proportion(scene))]),
    ),
    CueEditor(
        "position",
        "the place of the object",
        2,
        _position,
        needs_object=True,
        describe=lambda scene: np.array(scene.center),
    ),
)
