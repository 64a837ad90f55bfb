"""Checks a position of a layer's map."""

from __future__ import annotations

from lazytui.errors import UsageError

TOKENS_AT_POSITION = "A layer of tokens is read by mean or max, not by position: one token may be the class token."


def require_inside(row: int, column: int, height: int, width: int) -> None:
    """Raise UsageError for a position outside the map. row, column: from 0, from the top left."""
    if row >= height or column >= width:
        raise UsageError(f"Row {row}, column {column} is outside the map of this layer, which is {height} x {width}.")
