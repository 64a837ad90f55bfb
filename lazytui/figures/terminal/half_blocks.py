"""Images as characters: half blocks, two pixels a cell, or shades where there is no color."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from lazytui.figures.image_overlays import area_means
from lazytui.figures.image_shapes import shape_strengths
from lazytui.figures.terminal.console_colors import NOTHING, Palette, codes, two_colors

_UPPER_HALF = "▀"
_SHADES = np.array(list(" .:-=+*#%@"))
_BLOCKS = np.array(list(" ░▒▓"))
_STRONG = 0.5


def color_lines(image: NDArray[np.uint8], palette: Palette) -> list[list[Segment]]:
    """An image (h, w, 3) as ceil(h / 2) lines of w cells, each two pixels above each other."""
    return _half_blocks(codes(image, palette), palette)


def shade_lines(
    image: NDArray[np.uint8], height: int, width: int, evidence: NDArray[np.float32] | None = None
) -> list[list[Segment]]:
    """An image (h, w, 3) as ceil(height / 2) lines of `width` characters, the denser the more they stand out of the
    ground. Evidence (h, w) of half strength or more stands as its sign, on shades that have no such sign.
    """
    rows = (height + 1) // 2
    cells = area_means(shape_strengths(image[None])[0], rows, width)
    shades = _SHADES if evidence is None else _BLOCKS
    characters = shades[np.rint(cells * (len(shades) - 1)).astype(int).clip(0, len(shades) - 1)]
    if evidence is not None:
        strength = area_means(np.nan_to_num(evidence), rows, width)
        characters = np.where(strength >= _STRONG, "+", np.where(strength <= -_STRONG, "-", characters))
    return [[Segment("".join(line))] for line in characters]


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
