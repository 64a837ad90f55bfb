"""How the light falls: brighter toward one side, or in the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene


def _direction(host: Scene, donor: Scene) -> Image:
    return _with_light(host, donor, slice(1, 3))


def _vignette(host: Scene, donor: Scene) -> Image:
    return _with_light(host, donor, slice(3, 4))


def _with_light(host: Scene, donor: Scene, terms: slice) -> Image:
    change = (light(donor) - light(host))[terms]
    return np.asarray(host.image + (_surfaces(host.image.shape)[..., terms] @ change)[..., None], np.float32)


def light(scene: Scene) -> NDArray[np.float64]:
    """(4,): luminance of the ground by least squares: mean, slope downward and to the right, and growth with the
    squared distance from the middle. The image reaches from -1 to 1."""
    ground = ~(scene.halo | scene.frame)
    surfaces = _surfaces(scene.image.shape)[ground]
    return np.asarray(np.linalg.lstsq(surfaces, scene.luminance[ground], rcond=None)[0], np.float64)


def _surfaces(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(h, w, 4)."""
    down, across = np.meshgrid(*(np.linspace(-1, 1, size) for size in shape[:2]), indexing="ij")
    return np.stack([np.ones_like(down), down, across, down**2 + across**2 - 2 / 3], axis=-1)


ENTRIES = (
    CueEditor(
        "light direction", "the side from which light falls", 2, _direction, describe=lambda scene: light(scene)[1:3]
    ),
    CueEditor("vignette", "how dark it is toward the corners", 1, _vignette, describe=lambda scene: light(scene)[3:]),
)
