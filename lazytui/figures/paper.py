"""How pictures are fitted to a page: their width, their resolution, and what of them a paper says itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lazytui.errors import UsageError

_INCHES = {"mm": 1 / 25.4, "cm": 1 / 2.54, "in": 1.0, "pt": 1 / 72}
LEAST_DPI, MOST_DPI = 50, 1200
_NARROWEST, _WIDEST = 1.0, 40.0
"""Inches."""


@dataclass(frozen=True)
class Paper:
    """inches: the width of a picture, paper included; None: as wide as two columns of a paper, or as it needs.

    dpi: dots an inch of a .png; None: 200. bare: without title and note, which stand in the paper's caption.
    together: all figures in one picture, beside each other.
    """

    inches: float | None = None
    dpi: int | None = None
    bare: bool = False
    together: bool = False


def parse_width(text: str) -> tuple[int | None, float | None]:
    """(columns, None) of `100`, (None, inches) of `85mm`, `8.5cm`, `3.3in` or `240pt`. Raises UsageError."""
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(mm|cm|in|pt)?\s*", text)
    if match is None:
        raise UsageError(f"The width {text!r:.40} is neither a number of columns (100) nor a length (85mm, 3.3in).")
    number, unit = float(match[1]), match[2]
    if unit is None:
        if not 20 <= number <= 1000 or number != int(number):
            raise UsageError(f"The width must be from 20 to 1000 columns, not {text}.")
        return int(number), None
    inches = number * _INCHES[unit]
    if not _NARROWEST <= inches <= _WIDEST:
        raise UsageError(f"The width must be from 26mm to 1016mm, not {text}.")
    return None, inches
