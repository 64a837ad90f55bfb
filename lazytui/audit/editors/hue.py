"""Color with the luminance of every pixel kept: the mean hue, that of the object or of the ground, and how colorful."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.editors.color_spaces import chroma, from_chroma
from lazytui.audit.scene import Image, Scene, shows_ground

_GRAY = 0.004
"""A chroma below this, 1 of 255, is no color that could be turned into another."""


def _hue(host: Scene, donor: Scene) -> Image:
    own, other = chroma(host.image), chroma(donor.image)
    return from_chroma(host.luminance, _turned(own, own.mean(), other.mean()))


def _object_hue(host: Scene, donor: Scene) -> Image:
    own, other = chroma(host.image), chroma(donor.image)
    turned = _turned(own, own[host.object].mean(), other[donor.object].mean())
    return from_chroma(host.luminance, own + host.cover * (turned - own))


def _ground_hue(host: Scene, donor: Scene) -> Image:
    if host.halo.all() or donor.halo.all():
        return host.image
    own, other = chroma(host.image), chroma(donor.image)
    turned = _turned(own, own[~host.halo].mean(), other[~donor.halo].mean())
    return from_chroma(host.luminance, turned + host.cover * (own - turned))


def _saturation(host: Scene, donor: Scene) -> Image:
    """By one factor; gray stays gray."""
    own = chroma(host.image)
    mean, wanted = (float(np.abs(color).mean()) for color in (own, chroma(donor.image)))
    return from_chroma(host.luminance, own * np.float32(wanted / mean)) if mean > _GRAY else host.image


def _turned(color: NDArray[np.complex64], mean: np.complex64, wanted: np.complex64) -> NDArray[np.complex64]:
    """Chroma (h, w) times what takes a mean to another; where there is none to turn, moved."""
    return color * (wanted / mean) if abs(mean) > _GRAY else color + (wanted - mean)


def _mean_chroma(color: NDArray[np.complex64]) -> NDArray[np.float64]:
    return np.array([color.mean().real, color.mean().imag], np.float64)


ENTRIES = (
    CueEditor("hue", "the hue", 2, _hue, describe=lambda scene: _mean_chroma(chroma(scene.image))),
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
        describe=lambda scene: _mean_chroma(chroma(scene.image)[~scene.halo]),
    ),
    CueEditor(
        "saturation",
        "the saturation",
        1,
        _saturation,
        describe=lambda scene: np.array([np.abs(chroma(scene.image)).mean()], np.float64),
    ),
)
