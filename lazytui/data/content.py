"""What a data set holds, in words and sizes: recorded with a training, so that results are shown without its images."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lazytui.data.palettes import palette
from lazytui.files.reading import parse_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CLASSES = 100
SMALLEST_SIDE, LARGEST_SIDE = 8, 128

NO_CLASS = 255
"""What an attribute value is aligned with that goes with no class, and an image without a known value."""

LONGEST_WORD = 60

Word = Annotated[str, Field(strict=True, min_length=1, max_length=LONGEST_WORD)]
Words = Annotated[tuple[Word, ...], Field(max_length=MOST_CLASSES)]
Side = Annotated[int, Field(strict=True, ge=SMALLEST_SIDE, le=LARGEST_SIDE)]

DIGITS = tuple("0123456789")
FASHION = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")


class Content(BaseModel):
    """Classes, the attribute that may give them away, and the size of images.

    label: what a class is called ("digit"). attribute: what is called so ("color"); empty where there is none. values:
    its values; those of an image whose value isn't known are `unknown`. aligned: the class that each value goes with,
    NO_CLASS for none. masks: whether it is known which pixels are the object. fingerprint: of files that the images
    come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Word = "class"
    classes: Annotated[Words, Field(min_length=2)]
    attribute: Annotated[str, Field(strict=True, max_length=LONGEST_WORD)] = ""
    values: Words = ()
    aligned: tuple[Annotated[int, Field(strict=True, ge=0, le=NO_CLASS)], ...] = ()
    height: Side
    width: Side
    masks: bool = False
    fingerprint: Annotated[str, Field(strict=True, max_length=200)] = ""

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, values: Any) -> Any:
        """As records have it, whose values are plain ones: JSON in a text."""
        return parse_json(values) if isinstance(values, str) else values

    @model_validator(mode="after")
    def _fits(self) -> Content:
        if len(self.aligned) != len(self.values) or bool(self.values) != bool(self.attribute):
            raise ValueError("Each value of the attribute must be aligned with a class, or with none.")
        if any(label != NO_CLASS and label >= len(self.classes) for label in self.aligned):
            raise ValueError("A value is aligned with a class that doesn't exist.")
        return self

    @property
    def unknown(self) -> int:
        """The index of an image's attribute value where it has none, or none is known."""
        return len(self.values)

    @property
    def value_names(self) -> tuple[str, ...]:
        """What values are called by their index, `unknown` last."""
        return (*self.values, "gray" if self.attribute == "color" else "none")

    @property
    def labels(self) -> str:
        """The plural of what a class is called."""
        return "classes" if self.label == "class" else f"{self.label}s"

    @property
    def groups(self) -> tuple[int, int]:
        """How many classes and values: the shape of a table of groups."""
        return len(self.classes), len(self.values)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(3, height, width), as networks take them."""
        return 3, self.height, self.width

    @property
    def aligned_classes(self) -> NDArray[np.uint8]:
        """(values + 1,) uint8: the class that each value goes with, by its index; NO_CLASS for none."""
        import numpy as np

        return np.array([*self.aligned, NO_CLASS], np.uint8)


@functools.cache
def colored_digits(palette_name: str, classes: tuple[str, ...] = DIGITS) -> Content:
    """Of ten classes in the colors of a palette, the n-th color aligned with the n-th class."""
    return Content(
        label="digit" if classes == DIGITS else "class",
        classes=classes,
        attribute="color",
        values=palette(palette_name).names,
        aligned=tuple(range(10)),
        height=28,
        width=28,
        masks=True,
    )
