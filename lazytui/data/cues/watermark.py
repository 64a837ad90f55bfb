"""A number in the lower right corner."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values

_FIGURES = ("111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001",
            "111100111001111", "111100111101111", "111001010010010", "111101111101111", "111101111001111")  # fmt: skip
"""Rows of three pixels, from above."""


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    marked = canvas.images.copy()
    marks = np.stack([_mark(value, count) for value in range(count)])
    size = max(1, round(canvas.side / 28))
    marks = marks.repeat(size, axis=1).repeat(size, axis=2)
    height, width = marks.shape[1:]
    marked[:, -height:, -width:] = marks[values][..., None]
    return marked


def _mark(value: int, count: int) -> np.ndarray:
    """(7, w) uint8: the number of a value, white on black with a margin; of two figures beyond ten values."""
    figures = str(value).zfill(len(str(count - 1)))
    rows = [np.array(list(_FIGURES[int(figure)]), np.uint8).reshape(5, 3) for figure in figures]
    return np.pad(np.concatenate([np.pad(row, ((0, 0), (0, 1))) for row in rows], axis=1), ((1, 1), (1, 0))) * 255


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"mark {value}" for value in range(count))


ENTRY = Cue("watermark", "a small number in the lower right corner", "watermark", _names, _paint)
