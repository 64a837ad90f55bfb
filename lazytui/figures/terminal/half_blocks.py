"""Images as characters: half blocks, two pixels a cell, or shades where there is no color."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from lazytui.figures.image_overlays import area_means
from lazytui.figures.image_shapes import shape_strengths
from lazytui.figures.terminal.console_colors import NOTHING, Palette, codes, two_colors

Line = tuple[Segment, ...]

_UPPER_HALF = "▀"
_SHADES = np.array(list(" .:-=+*#%@"))
_BLOCKS = np.array(list(" ░▒▓"))
FOR, FOR_DENSE, AGAINST, AGAINST_DENSE = "+╬-═"
"""Signs of evidence without color, on the ground and on what stands out of it."""
_DOT_BITS = np.array([1, 8, 2, 16, 4, 32, 64, 128])
"""Of the dots of a braille character, row by row."""
_ROOMY = 20
"""Characters from which on the shades of a digit can be read."""
_STRONG = 0.5


def color_lines(image: NDArray[np.uint8], palette: Palette) -> list[Line]:
    """An image (h, w, 3) as ceil(h / 2) lines of w cells, each two pixels above each other."""
    return _half_blocks(codes(image, palette), palette)


def shade_lines(
    image: NDArray[np.uint8], height: int, width: int, evidence: NDArray[np.float32] | None = None
) -> list[Line]:
    """An image (h, w, 3) as ceil(height / 2) lines of `width` characters, the denser the more they stand out of the
    ground; as dots where that many characters are too few to show a shape.

    Evidence (h, w) of half strength or more stands as its sign, a denser one on what stands out.
    """
    rows = (height + 1) // 2
    strengths = shape_strengths(image[None])[0]
    cells = area_means(strengths, rows, width)
    if evidence is not None:
        characters = _with_evidence(cells, area_means(np.nan_to_num(evidence), rows, width))
    elif width < _ROOMY:
        characters = _dots(strengths, rows, width)
    else:
        characters = _SHADES[np.rint(cells * (len(_SHADES) - 1)).astype(int)]
    return [(Segment("".join(line)),) for line in characters]


def _with_evidence(cells: NDArray[np.float64], evidence: NDArray[np.float64]) -> NDArray[np.str_]:
    dense = cells > _STRONG
    blocks = _BLOCKS[np.rint(cells * (len(_BLOCKS) - 1)).astype(int)]
    signs = np.where(evidence > 0, np.where(dense, FOR_DENSE, FOR), np.where(dense, AGAINST_DENSE, AGAINST))
    return np.where(np.abs(evidence) >= _STRONG, signs, blocks)


def _dots(strengths: NDArray[np.float64], rows: int, width: int) -> NDArray[np.str_]:
    """Braille characters, 4 x 2 dots in each, of which those stand that are more stroke than ground."""
    dots = area_means(strengths, 4 * rows, 2 * width) > _STRONG
    cells = dots.reshape(rows, 4, width, 2).transpose(0, 2, 1, 3).reshape(rows, width, 8)
    return np.array([[chr(0x2800 + int(bits)) for bits in line] for line in cells @ _DOT_BITS])


def _half_blocks(pixels: NDArray[np.int64], palette: Palette) -> list[Line]:
    if len(pixels) % 2:
        pixels = np.concatenate([pixels, np.full((1, pixels.shape[1]), NOTHING)])
    return [
        _line(above.tobytes(), below.tobytes(), palette) for above, below in zip(pixels[::2], pixels[1::2], strict=True)
    ]


@lru_cache(maxsize=512)
def _line(above: bytes, below: bytes, palette: Palette) -> Line:
    """Merged runs of two rows of color codes: a new segment begins only where one of a cell's two colors changes.

    Kept, because a stroke of the pen changes few of an image's lines.
    """
    upper, lower = np.frombuffer(above, np.int64), np.frombuffer(below, np.int64)
    changes = (np.diff(upper) != 0) | (np.diff(lower) != 0)
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
    ends = [*starts[1:], len(upper)]
    colors = upper[starts].tolist(), lower[starts].tolist()
    return tuple(
        Segment(_UPPER_HALF * (end - start), two_colors(*both, palette))
        for start, end, *both in zip(starts, ends, *colors, strict=True)
    )
