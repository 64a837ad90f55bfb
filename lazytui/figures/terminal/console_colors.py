"""Which colors the console that prints has, and colors quantized to them."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.colors import TONES, Theme, hex_code, ink_on, needs_outline
from lazytui.figures.kinds import RGB, Tone

_CUBE = np.array([0, 95, 135, 175, 215, 255])
"""The levels of xterm's 6 x 6 x 6 color cube, codes 16 to 231; its grays, 232 to 255, are 8, 18, ..., 238."""

NOTHING = -1
"""The code of a half cell that has no pixel."""


class Palette(Enum):
    """What a console can show."""

    NONE = "no color"
    INDEXED = "256 colors"
    TRUE = "24-bit color, or the 16 that Rich reduces it to"

    __hash__ = object.__hash__  # Enum's own is slow, and a cache is asked for each cell of a picture

    @classmethod
    def from_console(cls, console: Console) -> Palette:
        """The palette of a console, which `NO_COLOR`, a pipe or a dumb terminal leaves without color."""
        if console.no_color or console.color_system is None:
            return cls.NONE
        return cls.INDEXED if console.color_system == "256" else cls.TRUE


def codes(colors: NDArray[np.uint8], palette: Palette) -> NDArray[np.int64]:
    """One integer a color (..., 3): its 24 bits, or the nearest of the 256."""
    wide = colors.astype(np.int64)
    if palette is Palette.INDEXED:
        return _nearest_of_256(wide)
    return np.asarray(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], dtype=np.int64)


def _nearest_of_256(colors: NDArray[np.int64]) -> NDArray[np.int64]:
    steps = np.searchsorted((_CUBE[1:] + _CUBE[:-1]) / 2, colors)
    cube = 16 + 36 * steps[..., 0] + 6 * steps[..., 1] + steps[..., 2]
    gray_step = np.clip(np.rint((colors.mean(axis=-1) - 8) / 10), 0, 23).astype(np.int64)
    gray_error = ((colors - (8 + 10 * gray_step)[..., None]) ** 2).sum(axis=-1)
    cube_error = ((colors - _CUBE[steps]) ** 2).sum(axis=-1)
    return np.asarray(np.where(gray_error < cube_error, 232 + gray_step, cube), dtype=np.int64)


@lru_cache(maxsize=1 << 14)
def _color(code: int, palette: Palette) -> Color | None:
    if code == NOTHING:
        return None
    if palette is Palette.INDEXED:
        return Color.from_ansi(code)
    return Color.from_triplet(ColorTriplet(code >> 16, code >> 8 & 255, code & 255))


@lru_cache(maxsize=1 << 16)
def two_colors(foreground: int, background: int, palette: Palette) -> Style:
    """The style of two color codes. Rich keeps a style's escape sequence on it, so each is made once and kept."""
    return Style.from_color(_color(foreground, palette), _color(background, palette))


def tone_style(tone: Tone) -> Style:
    """The style of a tone; its sign goes with it."""
    color = TONES[tone]
    return Style() if color is None else Style(color=hex_code(color))


def swatch(color: RGB, palette: Palette, theme: Theme) -> Segment:
    """One cell that shows a color: a square, or where it is too near the background, an outline on the color."""
    if needs_outline(color, theme):
        return Segment("□", ink(ink_on(color), palette, color))
    return Segment("■", ink(color, palette))


def ink(color: RGB, palette: Palette, background: RGB | None = None) -> Style:
    """Writing in a color, on a background if one is given, as near as the palette comes; no style without color."""
    if palette is Palette.NONE:
        return Style()
    behind = NOTHING if background is None else _code(background, palette)
    return two_colors(_code(color, palette), behind, palette)


@lru_cache(maxsize=1 << 12)
def _code(color: RGB, palette: Palette) -> int:
    return int(codes(np.array(color, dtype=np.uint8), palette))
