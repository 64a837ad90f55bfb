"""How sharp it is."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene, luminance

_BLURS = (0.4, 0.55, 0.7, 0.9, 1.15, 1.5, 2.0)
"""Standard deviations in pixels."""
_SHARPENINGS = (0.4, 0.8, 1.4, 2.2)
"""Times the difference to a blurred image that is added."""


def sharpness(image: Image) -> float:
    """98 % quantile of the gradients of the luminance, in its range."""
    light = luminance(image)
    steps = np.hypot(ndimage.sobel(light, 0), ndimage.sobel(light, 1)) / 8
    return float(np.quantile(steps, 0.98) / max(float(np.ptp(light)), 1e-3))


def _edit(host: Scene, donor: Scene) -> Image:
    """Of blurred and sharpened hosts the one that is as sharp as the donor; the host itself is among them."""
    image = host.image
    soft = ndimage.gaussian_filter(image, (0.8, 0.8, 0))
    bank = [image]
    bank += [ndimage.gaussian_filter(image, (sigma, sigma, 0)) for sigma in _BLURS]
    bank += [np.clip(image + np.float32(amount) * (image - soft), 0, 1) for amount in _SHARPENINGS]
    wanted = sharpness(donor.image)
    return min(bank, key=lambda one: abs(sharpness(one) - wanted))


ENTRIES = (CueEditor("blur", "the sharpness", 1, _edit, describe=lambda scene: np.array([sharpness(scene.image)])),)
