"""Luminance and chroma of an image (ITU-R BT.601), chroma as complex numbers: Cb + i Cr."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.scene import Image, luminance

_BLUE, _RED = 1.772, 1.402
_GREEN_OF_BLUE, _GREEN_OF_RED = 0.114 * 1.772 / 0.587, 0.299 * 1.402 / 0.587


def chroma(image: Image) -> NDArray[np.complex64]:
    """(h, w)."""
    light = luminance(image)
    complex_color: NDArray[np.complex64] = (
        (image[..., 2] - light) / _BLUE + 1j * (image[..., 0] - light) / _RED
    ).astype(np.complex64)
    return complex_color


def from_chroma(light: NDArray[np.float32], color: NDArray[np.complex64]) -> Image:
    """(h, w, 3): the image of a luminance (h, w) and a chroma (h, w)."""
    blue, red = color.real, color.imag
    image = (light + _RED * red, light - _GREEN_OF_BLUE * blue - _GREEN_OF_RED * red, light + _BLUE * blue)
    return np.stack(image, axis=-1).astype(np.float32)
