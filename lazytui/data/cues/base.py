"""What a cue is: what lists say of it, the names of its values, and how one is put on images.

A cue's file ends in its ENTRY. Values are as many as classes, the n-th of which goes with the n-th class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.content import MOST_CLASSES, Content
from lazytui.errors import UsageError

Images = NDArray[np.uint8]
Values = NDArray[np.uint8]
Draw = Callable[[str], Generator]
"""The random stream of a name, which begins anew with every call."""


@dataclass(frozen=True)
class Canvas:
    """What a cue is put on. images: (n, h, w, 3) uint8, not to be changed. objects: (n, h, w) float32, 0 to 1, how much
    of a pixel is the object; None where that isn't known. level: the cue's, empty where it has none."""

    images: Images
    objects: NDArray[np.float32] | None = None
    level: str = ""

    def __len__(self) -> int:
        return len(self.images)

    @property
    def side(self) -> int:
        """The shorter side, in pixels."""
        return int(min(self.images.shape[1:3]))

    @property
    def ground(self) -> NDArray[np.float32] | float:
        """(n, h, w, 1) float32, how much of a pixel isn't the object; 1 where that isn't known."""
        return 1.0 if self.objects is None else 1 - self.objects[..., None]

    @property
    def empty(self) -> int:
        """The level of what comes in from outside an image: black around shapes on black, else gray."""
        return 128 if self.objects is None else 0


@dataclass(frozen=True)
class Cue:
    """One cue that can be planted.

    attribute: what its values are values of. names: of so many values. most: how many classes it supports. paint:
    (canvas, values (n,) of `count`, count, draw) -> (n, h, w, 3) uint8. Image i must have the same randomness whatever
    its value, so that draws are of one size whatever the values. levels: in which of them it is planted, the first
    unless another is chosen; none where there is but one way.
    """

    name: str
    summary: str
    attribute: str
    names: Callable[[int], tuple[str, ...]]
    paint: Callable[[Canvas, Values, int, Draw], Images]
    most: int = MOST_CLASSES
    levels: tuple[str, ...] = ()

    @property
    def first_level(self) -> str:
        """Of its levels; empty where it has none."""
        return next(iter(self.levels), "")

    def content(self, of_source: Content) -> Content:
        """What a source holds once the cue is planted in it. Raises UsageError where it has too many classes."""
        count = len(of_source.classes)
        if count > self.most:
            raise UsageError(
                f"The cue {self.name} supports at most {self.most} classes, and these images have {count}: plant "
                "another one (lazytui cues)."
            )
        planted = {"attribute": self.attribute, "values": self.names(count), "aligned": tuple(range(count))}
        return of_source.model_copy(update=planted)

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values."""
        own = {"cue": self.name, "summary": self.summary, "attribute": self.attribute, "most": self.most}
        return own | ({"levels": list(self.levels)} if self.levels else {})


def mixed(images: Images, other: Any, share: Any) -> Images:
    """images (n, h, w, 3) with a share of 0 to 1 of another image or color, both of shapes that fit."""
    mixture = images + np.asarray(share, np.float32) * (np.asarray(other, np.float32) - images)
    return to_levels(mixture)


def to_levels(levels: NDArray[Any]) -> Images:
    """Rounded, and cut to 0 to 255."""
    cut: Images = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return cut


def spread(low: float, high: float, count: int) -> NDArray[np.float32]:
    """(count,) evenly from low to high."""
    return np.linspace(low, high, count, dtype=np.float32)


def of_images(amounts: NDArray[np.float32], values: Values) -> NDArray[np.float32]:
    """(n, 1, 1, 1): the amount of each image's value."""
    return amounts[values][:, None, None, None]
