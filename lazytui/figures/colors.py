"""The colors of figures: series, tones, and the maps from values to colors."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lazytui.figures.kinds import RGB, Tone

Theme = Literal["light", "dark"]

SERIES: tuple[RGB, ...] = (
    (66, 133, 220),
    (232, 140, 48),
    (46, 160, 110),
    (214, 84, 120),
    (142, 110, 210),
    (40, 165, 185),
    (165, 125, 80),
    (130, 138, 148),
)
"""Colors of middle lightness, which read on a dark and on a light background; repeated when they run out."""

SIGNS: dict[Tone, str] = {"plain": "", "good": "✓", "bad": "✗", "muted": "·"}
"""The sign beside the color, so that color never stands alone."""

TONES: dict[Tone, RGB | None] = {
    "plain": None,
    "good": (46, 160, 110),
    "bad": (222, 82, 82),
    "muted": (130, 138, 148),
}

SUPPORTS: RGB = (255, 96, 56)
OPPOSES: RGB = (64, 132, 255)
"""Evidence for and against, in overlays and wherever a scale runs through zero."""

# From the theme's background to its strongest ink, in steps of even lightness.
_SEQUENTIAL: dict[Theme, tuple[RGB, ...]] = {
    "light": ((246, 248, 251), (205, 222, 240), (130, 178, 220), (54, 122, 188), (18, 74, 136), (10, 40, 84)),
    "dark": ((27, 31, 40), (31, 56, 94), (38, 94, 152), (66, 146, 198), (142, 202, 224), (240, 249, 232)),
}
_DIVERGING: dict[Theme, tuple[RGB, ...]] = {
    "light": ((28, 72, 158), (120, 168, 228), (246, 248, 251), (244, 160, 120), (178, 48, 24)),
    "dark": ((120, 176, 255), (40, 88, 168), (27, 31, 40), (176, 64, 32), (255, 148, 104)),
}


def series_color(index: int) -> RGB:
    """The color of a chart's series, by its index."""
    return SERIES[index % len(SERIES)]


def _interpolate(stops: tuple[RGB, ...], positions: NDArray[np.float64]) -> NDArray[np.uint8]:
    at = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(positions, at, [stop[channel] for stop in stops]) for channel in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), dtype=np.uint8)


def sequential_colors(positions: ArrayLike, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) uint8 of positions (...) on a scale from 0 to 1, clipped at its ends."""
    return _interpolate(_SEQUENTIAL[theme], np.asarray(positions, dtype=np.float64))


def diverging_colors(positions: ArrayLike, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) uint8 of positions (...) from -1 (against) through 0 (nothing) to 1 (for)."""
    return _interpolate(_DIVERGING[theme], (np.asarray(positions, dtype=np.float64) + 1.0) / 2.0)


def value_colors(values: NDArray[np.float64], low: float, high: float, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) of values on a scale from `low` to `high`; NaN takes the color of the low end.

    A scale that runs through zero diverges from it, symmetrically, so that a color's strength is the value's size.
    """
    numbers = np.where(np.isnan(values), low, values)
    if low < 0 < high:
        return diverging_colors(numbers / max(-low, high), theme)
    span = high - low
    return sequential_colors((numbers - low) / span if span > 0 else np.ones_like(numbers), theme)


def value_range(values: NDArray[np.float64], low: float | None, high: float | None) -> tuple[float, float]:
    """The ends of the color scale: those asked for, else the data's own; 0 to 1 when there is no finite value."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return (0.0 if low is None else low), (1.0 if high is None else high)
    return (float(finite.min()) if low is None else low), (float(finite.max()) if high is None else high)


def ink_on(color: RGB) -> RGB:
    """Black or white, whichever reads better on the color: a contrast of at least 4.5 (WCAG 2, relative luminance)."""
    return (0, 0, 0) if _luminance(color) > 0.179 else (255, 255, 255)


def needs_outline(color: RGB) -> bool:
    """Whether nobody would see the color on a dark or a light background: black, white, and what is next to them."""
    return not 0.01 < _luminance(color) < 0.95


def _luminance(color: RGB) -> float:
    """Relative luminance (WCAG 2), from 0 of black to 1 of white."""
    red, green, blue = ((c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(color: NDArray[np.uint8]) -> RGB:
    """One color of an array as a tuple of Python integers."""
    return int(color[0]), int(color[1]), int(color[2])


def hex_code(color: RGB) -> str:
    """`#4285dc`, as Rich, CSS and matplotlib read it."""
    return "#{:02x}{:02x}{:02x}".format(*color)
