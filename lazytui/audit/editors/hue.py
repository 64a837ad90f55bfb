"""Color with the luminance of every pixel kept: the mean hue, that of the object or of the ground, and how colorful.

A frame is none of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.editors.color_spaces import chroma, from_chroma
from lazytui.audit.scene import Image, Mask, Scene, shows_ground

_GRAY = 0.004
"""A chroma below this, 1 of 255, is no color that could be turned into another."""


def _hue(host: Scene, donor: Scene) -> Image:
    own, other = chroma(host.image), chroma(donor.image)
    turned = _turned(own, own[~host.frame].mean(), other[~donor.frame].mean())
    return from_chroma(host.luminance, np.where(host.frame, own, turned))


def _object_hue(host: Scene, donor: Scene) -> Image:
    own, other = chroma(host.image), chroma(donor.image)
    turned = _turned(own, own[host.object].mean(), other[donor.object].mean())
    return from_chroma(host.luminance, own + host.cover * (turned - own))


def _ground_hue(host: Scene, donor: Scene) -> Image:
    seen, given = _ground(host), _ground(donor)
    if not seen.any() or not given.any():
        return host.image
    own, other = chroma(host.image), chroma(donor.image)
    turned = _turned(own, own[seen].mean(), other[given].mean())
    return from_chroma(host.luminance, np.where(host.frame, own, turned + host.cover * (own - turned)))


def _saturation(host: Scene, donor: Scene) -> Image:
    """By one factor; gray stays gray."""
    own = chroma(host.image)
    mean, wanted = _colorfulness(host), _colorfulness(donor)
    if mean <= _GRAY:
        return host.image
    return from_chroma(host.luminance, np.where(host.frame, own, own * np.float32(wanted / mean)))


def _ground(scene: Scene) -> Mask:
    """What isn't the object or a frame."""
    return ~(scene.halo | scene.frame)


def _colorfulness(scene: Scene) -> float:
    return float(np.abs(chroma(scene.image)[~scene.frame]).mean())


def _turned(color: NDArray[np.complex64], mean: np.complex64, wanted: np.complex64) -> NDArray[np.complex64]:
    """Chroma (h, w) times what takes a mean to another; where there is none to turn, moved."""
    return color * (wanted / mean) if abs(mean) > _GRAY else color + (wanted - mean)


def _mean_chroma(color: NDArray[np.complex64]) -> NDArray[np.float64]:
    return np.array([color.mean().real, color.mean().imag], np.float64)


ENTRIES = (
    CueEditor("hue", "the hue", 2, _hue, describe=lambda scene: _mean_chroma(chroma(scene.image)[~scene.frame])),
    CueEditor(
        "object hue",
        "the hue of the object",
        2,
        _object_hue,
        needs_object=True,
        describe=lambda scene: _mean_chroma(chroma(scene.image)[scene.object]),
    ),
    CueEditor(
        "ground hue",
        "the hue of the ground",
        2,
        _ground_hue,
        needs_object=True,
        room=shows_ground,
        describe=lambda scene: _mean_chroma(chroma(scene.image)[_ground(scene)]),
    ),
    CueEditor(
        "saturation",
        "the saturation",
        1,
        _saturation,
        describe=lambda scene: np.array([_colorfulness(scene)]),
    ),
)
