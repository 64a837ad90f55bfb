"""Activation patching by hand: what marked neurons do in one image is put into another, and every logit is watched.

The images are those of the cue-conflict grid: each digit in each color.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.networks.image_choice import read_digit_and_color
from lazytui.counted_nouns import counted
from lazytui.data.palettes import Palette
from lazytui.errors import UsageError
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars

EXAMPLE = "red 1 into green 1"


@dataclass(frozen=True)
class GridImage:
    """An image of the grid. digit, color: 0 to 9."""

    digit: int
    color: int

    @property
    def index(self) -> int:
        """Its place in the grid, (100, 28, 28, 3), row by row."""
        return 10 * self.digit + self.color

    def description(self, ten: Palette) -> str:
        return f"{ten.color_name(self.color)} {self.digit}"


@dataclass(frozen=True)
class Patch:
    """From which image into which."""

    source: GridImage
    into: GridImage

    def description(self, ten: Palette) -> str:
        """As `read_patch` takes it."""
        return f"{self.source.description(ten)} into {self.into.description(ten)}"


@dataclass(frozen=True, eq=False)
class PatchedLogits:
    """(10,) float32 logits: of the image as it is, of it with the neurons of the other one, and of the other one."""

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    source: NDArray[np.float32]


def read_patch(text: str, ten: Palette) -> Patch:
    """`red 1 into green 1`. Raises UsageError for anything else."""
    sides = re.split(r"\s+into\s+", text.strip().casefold())
    if len(sides) != 2:
        raise UsageError(f"Which image into which? Such as: {EXAMPLE}.")
    source, into = (GridImage(*read_digit_and_color(side, ten)) for side in sides)
    return Patch(source, into)


def shift_figure(patch: Patch, patched: PatchedLogits, neurons: int, ten: Palette) -> Bars:
    """The shift of every logit."""
    into, source = patch.into.description(ten), patch.source.description(ten)
    predicted = [int(logits.argmax()) for logits in (patched.before, patched.after, patched.source)]
    return Bars(
        name="surgery",
        title=f"{into.capitalize()} with what {counted(neurons, 'neuron does', 'neurons do')} in {source}: "
        "shift of every logit",
        note=f"Taken for {predicted[0]} before and for {predicted[1]} after; "
        f"{source} itself is taken for {predicted[2]}.",
        labels=DIGITS,
        values=(patched.after - patched.before).astype(np.float64),
        decimals=2,
        colors=ten.colors,
    )
