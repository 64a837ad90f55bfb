"""How sharp the object and the ground about it are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Mask, Scene, luminance, once_per_scene

_BLURS = (0.4, 0.55, 0.7, 0.9, 1.15, 1.5, 2.0)
"""Standard deviations in pixels."""
_SHARPENINGS = (0.4, 0.8, 1.4, 2.2)
"""Times the difference to a blurred image that is added."""
_SOFT = 0.8
"""Standard deviation of that blur, in pixels."""
_AROUND = 2
"""Pixels around the halo of an object, in which its edge is blurred."""
_LEAST_PIXELS = 20
_OUTLIERS, _LEAST_RANGE = 0.02, 0.01
"""Share of pixels that may be darker, and brighter, than what counts as the range; what is divided by at least."""


def sharpness(image: Image, where: Mask) -> float:
    """95 % quantile of the gradients of the luminance, in its range, of the pixels `where` (h, w)."""
    light = luminance(image)
    steps = np.hypot(ndimage.sobel(light, 0), ndimage.sobel(light, 1)) / 8
    darkest, brightest = np.quantile(light[where], (_OUTLIERS, 1 - _OUTLIERS))
    return float(np.quantile(steps[where], 0.95) / max(float(brightest - darkest), _LEAST_RANGE))


@once_per_scene
def near_the_object(scene: Scene) -> Mask:
    """The object and three pixels around it, or everything where there is none: neither a frame nor what lies beside
    the object, which may be of another sharpness."""
    inside = ~_apart(scene)
    near = inside & ndimage.binary_dilation(scene.halo, iterations=_AROUND)
    for mask in (near, inside):
        if mask.sum() >= _LEAST_PIXELS:
            return mask
    return np.ones(inside.shape, bool)


@once_per_scene
def _apart(scene: Scene) -> Mask:
    """A frame and what lies beside the object, with the pixels that touch them."""
    return np.asarray(ndimage.binary_dilation(scene.frame | scene.second, np.ones((3, 3))), bool)


def _edit(host: Scene, donor: Scene) -> Image:
    """Of blurred and sharpened hosts the one that is as sharp as the donor; the host itself is among them."""
    wanted = _of_scene(donor)
    nearest = int(np.abs(_of_variants(host) - wanted).argmin())
    return np.where(_apart(host)[..., None], host.image, _VARIANTS[nearest](host.image))


def _blurred(image: Image, sigma: float) -> Image:
    blurred: Image = ndimage.gaussian_filter(image, (sigma, sigma, 0))
    return blurred


def _sharpened(image: Image, amount: float) -> Image:
    return np.clip(image + np.float32(amount) * (image - _blurred(image, _SOFT)), 0, 1)


_VARIANTS: tuple[Callable[[Image], Image], ...] = (
    lambda image: image,
    *(partial(_blurred, sigma=sigma) for sigma in _BLURS),
    *(partial(_sharpened, amount=amount) for amount in _SHARPENINGS),
)


@once_per_scene
def _of_scene(scene: Scene) -> float:
    return sharpness(scene.image, near_the_object(scene))


@once_per_scene
def _of_variants(scene: Scene) -> NDArray[np.float64]:
    return np.array([sharpness(variant(scene.image), near_the_object(scene)) for variant in _VARIANTS])


ENTRIES = (
    CueEditor("blur", "the sharpness", 1, _edit, describe=lambda scene: np.array([_of_scene(scene)]), graded=True),
)
