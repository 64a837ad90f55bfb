"""Palettes: ten named colors, the n-th of which is the dominant color of digit n."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazytui.errors import UsageError, unknown_name
from lazytui.files.package_data import package_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_COLOR = 10
"""The color index of an image without a color: a white stroke, or a gray background."""


@dataclass(frozen=True)
class Palette:
    """name: on the command line; colors: ten RGB triples, 0 to 255; names: of the colors, in the order of digits."""

    name: str
    about: str
    names: tuple[str, ...]
    colors: tuple[tuple[int, int, int], ...]

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(10, 3) uint8."""
        import numpy as np

        return np.array(self.colors, np.uint8)

    def color_name(self, index: int) -> str:
        """The word for a color index: 0 to 9, or NO_COLOR."""
        return "gray" if index == NO_COLOR else self.names[index]


@functools.cache
def palettes() -> dict[str, Palette]:
    """The named palettes."""
    with (package_folder("assets") / "palettes.toml").open("rb") as file:
        entries = tomllib.load(file)
    return {name: _from_asset(name, entry) for name, entry in entries.items()}


def palette(text: str) -> Palette:
    """A palette by its name, or from ten colors written as `#ff0000,#00ff00,...`.

    Raises UsageError for an unknown name, a color that can't be read, or colors that aren't ten different ones.
    """
    if text in palettes():
        return palettes()[text]
    if "#" not in text and "," not in text:
        raise UsageError(unknown_name("palette", text, palettes()))
    written = tuple(color.strip().lower() for color in text.split(","))
    for color in written:
        if not re.fullmatch("#[0-9a-f]{6}", color):
            raise UsageError(f"{color!r} isn't a color: give ten such as #ff8000, separated by commas.")
    if len(written) != 10 or len(set(written)) != 10:
        raise UsageError(f"A palette needs ten different colors; this one has {len(set(written))}.")
    return Palette(",".join(written), "a user's own", written, tuple(_rgb(color) for color in written))


def _from_asset(name: str, entry: dict[str, str]) -> Palette:
    colors = {word: written for word, written in entry.items() if word != "about"}
    return Palette(name, entry["about"], tuple(colors), tuple(_rgb(written) for written in colors.values()))


def _rgb(written: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue
