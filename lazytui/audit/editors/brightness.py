"""How bright it is: by one factor; ground and object each; the object alone; how far the two are apart."""

from __future__ import annotations

import numpy as np

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene

_LEAST = 0.02


def _gain(host: Scene, donor: Scene) -> Image:
    own, other = sum(host.levels), sum(donor.levels)
    if own > _LEAST:
        return np.asarray(host.image * (other / own), np.float32)
    return np.asarray(host.image + (other - own) / 2, np.float32)


def _both_levels(host: Scene, donor: Scene) -> Image:
    """A map of luminance that takes the host's two levels to the donor's."""
    (ground, bright), (other_ground, other_bright) = host.levels, donor.levels
    slope = (other_bright - other_ground) / (bright - ground) if abs(bright - ground) > _LEAST else 1.0
    light = host.luminance
    return host.image + (other_ground + slope * (light - ground) - light)[..., None].astype(np.float32)


def _ink(host: Scene, donor: Scene) -> Image:
    """The object's pixels shifted by the difference of the two mean luminances."""
    assert host.object is not None and donor.object is not None
    shift = float(donor.luminance[donor.object].mean() - host.luminance[host.object].mean())
    return np.asarray(host.image + np.float32(shift) * host.cover[..., None], np.float32)


def _contrast(host: Scene, donor: Scene) -> Image:
    """What departs from the ground's luminance, by one factor."""
    (ground, bright), (other_ground, other_bright) = host.levels, donor.levels
    if abs(bright - ground) < _LEAST:
        return host.image
    factor = abs(other_bright - other_ground) / abs(bright - ground)
    return np.asarray(ground + np.float32(factor) * (host.image - np.float32(ground)), np.float32)


ENTRIES = (
    CueEditor(
        "gain", "the overall brightness", 1, _gain, describe=lambda scene: np.array([sum(scene.levels)]), graded=True
    ),
    CueEditor(
        "brightness",
        "the brightness of ground and object",
        2,
        _both_levels,
        describe=lambda scene: np.array(scene.levels),
        graded=True,
    ),
    CueEditor(
        "contrast",
        "the contrast of object and ground",
        1,
        _contrast,
        needs_object=True,
        describe=lambda scene: np.array([abs(scene.levels[1] - scene.levels[0])]),
        graded=True,
    ),
    CueEditor(
        "ink",
        "the brightness of the object",
        1,
        _ink,
        needs_object=True,
        describe=lambda scene: np.array([scene.luminance[scene.object].mean()], np.float64),
        graded=True,
    ),
)
