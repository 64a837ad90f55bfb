"""One position of a layer's map, at which every neuron is read."""

from __future__ import annotations

from lazytui.errors import UsageError


def require_inside(row: int, column: int, height: int, width: int) -> None:
    """Raise UsageError for a position outside of the map; both count from 0, from the top left."""
    if row >= height or column >= width:
        raise UsageError(f"Row {row}, column {column} is outside of this layer's map, which is {height} x {width}.")
