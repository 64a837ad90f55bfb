"""Images as characters: half blocks, two pixels a cell, or shades where there is no color."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from lazytui.figures.images import lightness, resized
from lazytui.figures.terminal.palette import NOTHING, Palette, codes, two_colors

_UPPER_HALF = "▀"
_SHADES = np.array(list(" .:-=+*#%@"))
_FLAT = 0.03
"""An image whose lightness varies less than this isn't stretched to all the shades: there is nothing to show."""


def image_lines(image: NDArray[np.uint8], palette: Palette) -> list[list[Segment]]:
    """An image (h, w, 3) as ceil(h / 2) lines of w cells."""
    if palette is Palette.NONE:
        return [[Segment("".join(line))] for line in _shaded(image)]
    return _half_blocks(codes(image, palette), palette)


def _half_blocks(pixels: NDArray[np.int64], palette: Palette) -> list[list[Segment]]:
    """Lines of merged runs: a new segment begins only where one of a cell's two colors changes."""
    if len(pixels) % 2:
        pixels = np.concatenate([pixels, np.full((1, pixels.shape[1]), NOTHING)])
    lines = []
    for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
        changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
        starts = [0, *changes.tolist()]
        ends = [*changes.tolist(), len(upper)]
        lines.append(
            [
                Segment(_UPPER_HALF * (end - start), two_colors(int(upper[start]), int(lower[start]), palette))
                for start, end in zip(starts, ends, strict=True)
            ]
        )
    return lines


def _shaded(image: NDArray[np.uint8]) -> NDArray[np.str_]:
    """(ceil(h / 2), w) characters, denser where the image is lighter, as on a dark terminal."""
    cells = lightness(resized(image, (len(image) + 1) // 2, image.shape[1]))
    darkest, lightest = float(cells.min()), float(cells.max())
    if lightest - darkest > _FLAT:
        cells = (cells - darkest) / (lightest - darkest)
    return np.asarray(_SHADES[np.rint(cells * (len(_SHADES) - 1)).astype(int).clip(0, len(_SHADES) - 1)])
