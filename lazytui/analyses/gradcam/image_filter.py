"""Which images of a split are browsed: by digit, by color, and by how a network answers them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.live import Album, Sorting
from lazytui.data.palettes import Palette
from lazytui.errors import UsageError, unknown_name
from lazytui.saliency.reason_categories import EVIDENCE_CATEGORIES, REASONS

ANSWERS = ("right", "wrong", *REASONS, *EVIDENCE_CATEGORIES)
"""What an answer can be: the first two whatever the reason, then by cause, then by place."""


@dataclass(frozen=True)
class ImageFilter:
    """None takes every digit or color; an empty `answers` takes every one of ANSWERS."""

    digit: int | None = None
    color: int | None = None
    answers: str = ""

    def chosen(self, album: Album, sorting: Sorting | None) -> NDArray[np.intp]:
        """Places in the album; none as long as the answers aren't sorted, where it goes by them."""
        split = album.split
        kept = np.ones(len(split), bool)
        if self.digit is not None:
            kept &= split.digits == self.digit
        if self.color is not None:
            kept &= split.colors == self.color
        if self.answers:
            kept &= self._answered(album, sorting) if sorting else False
        return np.flatnonzero(kept)

    def _answered(self, album: Album, sorting: Sorting) -> NDArray[np.bool_]:
        if self.answers in REASONS:
            return np.asarray(sorting.causes == REASONS.index(self.answers))
        if self.answers in EVIDENCE_CATEGORIES:
            return np.asarray(sorting.ways == EVIDENCE_CATEGORIES.index(self.answers))
        return np.asarray((sorting.predicted == album.split.digits) == (self.answers == "right"))

    def told(self, ten: Palette) -> str:
        """In words; empty where it takes every image."""
        digit = "" if self.digit is None else f"digit {self.digit}"
        color = "" if self.color is None else ten.color_name(self.color)
        return ", ".join(part for part in (digit, color, self.answers) if part)


def read_filter(text: str, ten: Palette) -> ImageFilter:
    """`7 red wrong` or `right for the wrong reason`: a digit, a color and an answer, each at most once, in any order.

    Of an answer a part that no other has is enough. Raises UsageError for what is none of these.
    """
    left = _spaced(text)
    digit = color = None
    if found := re.search(r"(?<!\w)(?:digit )?(\d)(?!\w)", left):
        digit, left = int(found[1]), _without(left, found)
    for index in sorted(range(10), key=lambda index: -len(ten.names[index])):
        if found := re.search(rf"(?<!\w){re.escape(ten.names[index])}(?!\w)", left):
            color, left = index, _without(left, found)
            break
    return ImageFilter(digit, color, _answer(left, ten) if left else "")


def _without(text: str, found: re.Match[str]) -> str:
    return _spaced(text[: found.start()] + " " + text[found.end() :])


def _spaced(text: str) -> str:
    """Words in small letters with a space between, without commas."""
    return " ".join(text.casefold().replace(",", " ").split())


def _answer(text: str, ten: Palette) -> str:
    for answer in ANSWERS:
        if text == _spaced(answer):
            return answer
    fitting = [answer for answer in ANSWERS if text in _spaced(answer)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{text!r} may be: {'; '.join(fitting)}.")
    raise UsageError(unknown_name("kind of image", text, [*ANSWERS, *ten.names]))
