"""The scale of a color map in a line: the values that it goes through, and the colors between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment

from lazytui.figures.colors import rgb
from lazytui.figures.terminal.console_colors import Palette, ink, tone_style

_MUTED = tone_style("muted")
_MOST, _FEWEST = 24, 4
"""Cells of color."""


def color_scale(
    stops: Sequence[float], texts: Sequence[str], room: int, paint: Callable[[NDArray[np.float64]], list[Segment]]
) -> list[Segment]:
    """In at most `room` characters; empty where that is too little.

    texts: what stands at each stop. paint: values, two a cell, as segments.
    """
    parts = len(stops) - 1
    cells = min(_MOST, room - sum(map(cell_len, texts)) - 2 * parts) // parts
    if cells * parts < _FEWEST or stops[0] == stops[-1]:
        return []
    segments = [Segment(texts[0], _MUTED)]
    for (start, end), text in zip(pairwise(stops), texts[1:], strict=True):
        ramp = paint(np.linspace(start, end, 2 * cells))
        segments += [Segment(" "), *ramp, Segment(" "), Segment(text, _MUTED)]
    return segments


def ramp(colors: NDArray[np.uint8], palette: Palette) -> list[Segment]:
    """Colors (2 n, 3) in n cells, two in each."""
    pairs = zip(colors[::2], colors[1::2], strict=True)
    return [Segment("▌", ink(rgb(left), palette, rgb(right))) for left, right in pairs]
