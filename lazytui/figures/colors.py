"""The colors of figures: series, tones, evidence, and what reads on them."""

from __future__ import annotations

import functools
import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.figures.color_space import contrast, lab, luminance
from lazytui.figures.kinds import RGB, Tone

Theme = Literal["light", "dark"]

BACKGROUNDS: dict[Theme, tuple[RGB, RGB]] = {
    "dark": ((0, 0, 0), (46, 52, 64)),
    "light": ((224, 224, 224), (255, 255, 255)),
}
"""The darkest and the lightest background of the themes that there are: terminals', Textual's, paper."""

_SEEN = 1.3
"""The contrast from which on a color stands out from its background (WCAG 2; text needs 4.5)."""
_DIFFERENT = 12.0
"""The distance in CIELAB from which on two areas are distinct at a glance."""

SERIES: dict[Theme, tuple[RGB, ...]] = {
    "dark": (
        (95, 95, 255),
        (215, 95, 0),
        (255, 215, 255),
        (135, 255, 175),
        (95, 175, 135),
        (255, 175, 0),
        (175, 135, 175),
        (118, 118, 118),
    ),
    "light": (
        (95, 135, 255),
        (175, 135, 0),
        (95, 0, 95),
        (135, 0, 0),
        (0, 0, 255),
        (135, 95, 135),
        (0, 135, 95),
        (68, 68, 68),
    ),
}
"""Distinct to people with protanopia, deuteranopia and tritanopia too, the first ones best: among the colors that a
terminal of 256 has, at a contrast of at least 3 with the background, found by a search for the largest of the smallest
differences (CIEDE2000) after simulation (Machado, Oliveira and Fernandes 2009, severity 1)."""

SIGNS: dict[Tone, str] = {"plain": "", "good": "✓", "bad": "✗", "muted": "·"}
"""The sign beside the color, so that color never stands alone."""

TONES: dict[Tone, RGB | None] = {
    "plain": None,
    "good": (46, 160, 110),
    "bad": (222, 82, 82),
    "muted": (130, 138, 148),
}

OPPOSES: RGB = (64, 132, 255)
"""Evidence against, in overlays; evidence for lets an image keep its own colors."""


def series_color(index: int, theme: Theme) -> RGB:
    """The color of a chart's series, by its index; they are repeated when they run out."""
    return SERIES[theme][index % len(SERIES[theme])]


@functools.lru_cache(maxsize=1 << 12)
def ink_on(color: RGB) -> RGB:
    """Black or white, whichever reads better on the color: a contrast of at least 4.5 (WCAG 2)."""
    return (0, 0, 0) if luminance(color) > 0.179 else (255, 255, 255)


@functools.lru_cache(maxsize=1 << 12)
def needs_outline(color: RGB, theme: Theme) -> bool:
    """Whether a mark of the color is as light as a background of the theme may be, or nearly, and hard to see there."""
    darkest, lightest = sorted(map(luminance, BACKGROUNDS[theme]))
    here = luminance(color)
    return bool(darkest <= here <= lightest) or min(contrast(color, each) for each in BACKGROUNDS[theme]) < _SEEN


@functools.lru_cache(maxsize=1 << 12)
def blends_in(color: RGB, theme: Theme) -> bool:
    """Whether even an area of the color, which its hue marks too, looks like a background of the theme."""
    lightness, *hue = lab(color).tolist()
    darkest, lightest = sorted(float(lab(each)[0]) for each in BACKGROUNDS[theme])
    apart = max(darkest - lightness, lightness - lightest, 0.0)
    return math.hypot(apart, *hue) < _DIFFERENT


def rgb(color: NDArray[np.uint8]) -> RGB:
    """One color of an array as a tuple of Python integers."""
    return int(color[0]), int(color[1]), int(color[2])


def hex_code(color: RGB) -> str:
    """`#4285dc`, as Rich, CSS and matplotlib read it."""
    return "#{:02x}{:02x}{:02x}".format(*color)
