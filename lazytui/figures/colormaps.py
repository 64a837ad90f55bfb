"""From values to colors: perceptually uniform maps for magnitudes and for signed values, and the scales that say them.

The maps are Fabio Crameri's (`assets/colormaps.toml`). They begin near the theme's background and get stronger with
the value, in even steps of lightness, so that they read in gray, in 256 colors and to color-blind readers.
"""

from __future__ import annotations

import functools
import tomllib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lazytui.figures.colors import Theme
from lazytui.files.package_data import package_folder

_SEQUENTIAL = {"dark": ("oslo", slice(20, 250)), "light": ("oslo", slice(250, 20, -1))}
"""Neither black nor white, so that a value of 0 differs from what lies around the figure."""
_DIVERGING = {"dark": "berlin", "light": "vik"}


@functools.cache
def _tables() -> dict[str, NDArray[np.float64]]:
    """(256, 3) of each map, 0 to 255."""
    with (package_folder("assets") / "colormaps.toml").open("rb") as file:
        texts: dict[str, str] = tomllib.load(file)
    rows = {name: np.frombuffer(bytes.fromhex("".join(text.split())), np.uint8) for name, text in texts.items()}
    return {name: row.reshape(-1, 3).astype(np.float64) for name, row in rows.items()}


def _look_up(table: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.uint8]:
    at = np.linspace(0.0, 1.0, len(table))
    channels = [np.interp(positions, at, table[:, channel]) for channel in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), dtype=np.uint8)


def sequential_colors(positions: ArrayLike, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) uint8 of positions (...) on a scale from 0 to 1, clipped at its ends."""
    name, part = _SEQUENTIAL[theme]
    return _look_up(_tables()[name][part], np.asarray(positions, dtype=np.float64))


def diverging_colors(positions: ArrayLike, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) uint8 of positions (...) from -1, blue, through 0, nothing, to 1, red."""
    return _look_up(_tables()[_DIVERGING[theme]], (np.asarray(positions, dtype=np.float64) + 1.0) / 2.0)


def value_colors(values: NDArray[np.float64], low: float, high: float, theme: Theme) -> NDArray[np.uint8]:
    """Colors (..., 3) of values on a scale from `low` to `high`; NaN takes the color of the low end.

    A scale that runs through zero diverges from it, symmetrically, so that a color's strength is the value's size.
    """
    numbers = np.where(np.isnan(values), low, values)
    if low < 0 < high:
        return diverging_colors(numbers / max(-low, high), theme)
    span = high - low
    return sequential_colors((numbers - low) / span if span > 0 else np.ones_like(numbers), theme)


def value_range(values: NDArray[np.float64], low: float | None, high: float | None) -> tuple[float, float]:
    """The ends of the color scale: those asked for, else the data's own; 0 to 1 when there is no finite value."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return (0.0 if low is None else low), (1.0 if high is None else high)
    return (float(finite.min()) if low is None else low), (float(finite.max()) if high is None else high)


def scale_stops(low: float, high: float) -> list[float]:
    """The values that a drawn scale names: its ends, and zero in the middle where it diverges from it."""
    if low < 0 < high:
        largest = max(-low, high)
        return [-largest, 0.0, largest]
    return [low, high]
