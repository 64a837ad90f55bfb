"""What must hold of a figure so that every renderer can draw it; each check raises InvalidFigure otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 1e100
"""The largest number of a figure: sums, differences and squares of such numbers are finite."""

LONGEST_LABEL = 500
LONGEST_TITLE = 1000
LONGEST_CELL = 2000
LONGEST_NOTE = 20_000
LONGEST_TEXT = 200_000
"""Characters of a label, a caption or an axis; a title; a cell of a table; a note or a paragraph; all paragraphs.
Matplotlib needs seconds for a line of thousands."""

MOST_DECIMALS = 20


class InvalidFigure(ValueError):
    """A figure's fields don't go together or are beyond all measure: a mistake of whoever made it."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise InvalidFigure(what)


def check_text(what: str, text: object, longest: int = LONGEST_LABEL) -> None:
    require(isinstance(text, str), f"{what} is no text")
    require(len(text) <= longest, f"{what} has more than {longest:,} characters")  # type: ignore[arg-type]


def check_texts(what: str, texts: Iterable[object], longest: int = LONGEST_LABEL) -> None:
    for text in texts:
        check_text(what, text, longest)


def check_size(what: str, size: int, most: int) -> None:
    require(size <= most, f"{what}: {size:,} are more than the {most:,} that can be drawn")


def check_matching(what: str, entries: Sized, count: int) -> None:
    """There is one for each, or none at all."""
    require(len(entries) in (0, count), f"{len(entries):,} {what} for {count:,}")


def check_shape(what: str, array: object, shape: tuple[int | None, ...], kinds: str) -> None:
    """shape: None where a side may have any length. kinds: of NumPy's dtypes."""
    require(isinstance(array, np.ndarray), f"{what} is no array")
    assert isinstance(array, np.ndarray)
    fits = array.ndim == len(shape) and all(
        required in (None, side) for side, required in zip(array.shape, shape, strict=True)
    )
    require(fits, f"{what} has the shape {array.shape}")
    require(array.dtype.kind in kinds, f"{what} has the type {array.dtype}")


def check_numbers(what: str, values: NDArray[Any], *, gaps: bool) -> None:
    """gaps: whether NaN and infinity may be among them."""
    finite = np.isfinite(values)
    require(gaps or bool(finite.all()), f"{what} has values that aren't finite")
    require(
        not bool((np.abs(values, where=finite, out=np.zeros(values.shape)) > LARGEST).any()), f"{what} is too large"
    )


def check_number(what: str, value: object) -> None:
    """A finite number; NumPy's own are numbers too."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    require(number, f"{what} is no number")
    require(-LARGEST <= value <= LARGEST, f"{what} is no number that can be drawn")  # type: ignore[operator]


def check_limits(low: float | None, high: float | None) -> None:
    """The ends of an axis or of a color scale, where they are chosen."""
    for what, value in (("low", low), ("high", high)):
        if value is not None:
            check_number(what, value)


def check_decimals(decimals: object) -> None:
    require(isinstance(decimals, int) and 0 <= decimals <= MOST_DECIMALS, "decimals go from 0 to 20")


def check_colors(colors: Sequence[Sequence[int]]) -> None:
    for color in colors:
        fits = len(color) == 3 and all(isinstance(part, int) and 0 <= part <= 255 for part in color)
        require(fits, "a color isn't three numbers from 0 to 255")


def check_cell(cell: object) -> None:
    """Of a table: a text, a number of moderate size (NaN and infinity are shown as such), or None."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return
    if isinstance(cell, str):
        check_text("a cell", cell, LONGEST_CELL)
    elif not isinstance(cell, bool):
        check_number("a cell", cell)
