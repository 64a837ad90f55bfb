"""How colors look to a person: luminance, lightness, the contrast of two, and CIELAB, in which distances are even."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1)."""
_WHITE = _TO_XYZ.sum(axis=1)


def linear_light(colors: ArrayLike) -> Floats:
    """sRGB (..., 3), 0 to 255, as amounts of light, 0 to 1."""
    numbers = np.asarray(colors)
    if numbers.dtype == np.uint8:
        return np.asarray(_light_of_levels()[numbers])  # images, often many
    channels = numbers.astype(np.float64) / 255
    return np.asarray(np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4))


@functools.cache
def _light_of_levels() -> Floats:
    return linear_light(np.arange(256))


def luminance(colors: ArrayLike) -> Floats:
    """Relative luminance (WCAG 2) of colors (..., 3): (...), from 0 of black to 1 of white."""
    return np.asarray(linear_light(colors) @ _TO_XYZ[1])


def contrast(first: ArrayLike, second: ArrayLike) -> float:
    """The contrast of two colors (WCAG 2): 1 where they are equally light, 21 of black and white."""
    darker, lighter = sorted((float(luminance(first)), float(luminance(second))))
    return (lighter + 0.05) / (darker + 0.05)


def lab(colors: ArrayLike) -> Floats:
    """CIELAB of colors (..., 3) under D65: lightness L* from 0 to 100, a* from green to red, b* from blue to yellow."""
    relative = linear_light(colors) @ _TO_XYZ.T / _WHITE
    x, y, z = np.moveaxis(np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
