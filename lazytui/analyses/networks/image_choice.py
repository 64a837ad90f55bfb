"""One image of a split, as people name it: by its number, or by its digit and color."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lazytui.data.palettes import Palette
from lazytui.data.splits import Split
from lazytui.errors import BadInput, UsageError
from lazytui.evaluation.predictions import SPLIT_NAMES

SplitName = Literal["easy", "hard", "probe"]

DRAWN = "drawn"
"""What the pictures are called that runs of `ask` kept, the newest first."""
SPLITS = (*SPLIT_NAMES, DRAWN)


@dataclass(frozen=True)
class NamedImage:
    """split: one of SPLITS, or empty for the ten shapes in each of ten colors. text: as `index_of_image` takes it."""

    split: str
    text: str

    @property
    def description(self) -> str:
        """As `read_named_image` takes it."""
        return f"{self.split} {self.text}".lstrip()


def read_named_image(text: str, ten: Palette) -> NamedImage:
    """`red 7`, `hard red 7`, `easy 17` or `drawn 0`. Raises UsageError for anything else."""
    words = " ".join(text.casefold().split())
    first, _, rest = words.partition(" ")
    split, image = (first, rest) if first in SPLITS else ("", words)
    if image.isdecimal():
        if not split:
            raise UsageError(f"Image {image:.20} of which split, {', '.join(SPLITS)}? Such as: hard {image:.20}.")
        return NamedImage(split, image)
    if split == DRAWN:
        raise UsageError(f"{words!r:.60}: drawn images go by their numbers, such as: drawn 0, the newest.")
    digit, color = read_digit_and_color(image, ten)
    return NamedImage(split, f"{ten.names[color]} {digit}")


def index_of_image(text: str, split: Split, name: str, ten: Palette) -> int:
    """Of `17`, or of the first `red 7` of a split. name: of the split. ten: what its colors are called.

    Raises UsageError for what names no image, BadInput where the split has no such image.
    """
    if re.fullmatch(r"\d{1,9}", text.strip()):
        index = int(text)
        if index >= len(split):
            raise BadInput(f"The {name} split has no image {index:,}: they go from 0 to {len(split) - 1:,}.")
        return index
    digit, color = read_digit_and_color(text, ten)
    found = np.flatnonzero((split.labels == digit) & (split.attributes == color))
    if not len(found):
        raise BadInput(f"The {name} split has no {ten.color_name(color)} {digit}.")
    return int(found[0])


def read_digit_and_color(text: str, ten: Palette) -> tuple[int, int]:
    """`red 7` or `7 red`, as two numbers from 0 to 9. Raises UsageError for anything else."""
    words = " ".join(text.casefold().split())
    found = re.fullmatch(r"(\D+?)\s*(\d)|(\d)\s*(\D+)", words)
    color = (found[1] or found[4] or "").strip() if found else ""
    if not found or color not in ten.names:
        raise UsageError(
            f"{words!r:.60} isn't a color and a digit: {', '.join(ten.names)}, and 0 to 9, such as {ten.names[0]} 1."
        )
    return int(found[2] or found[3]), ten.names.index(color)
