"""Which images of a split are browsed: by digit, by color, and by how a network answers them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.answer_sort import AnswerCategories
from lazytui.analyses.gradcam.live import BrowsedSplit
from lazytui.data.palettes import Palette
from lazytui.errors import UsageError, unknown_name
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, REASONS

ANSWERS = ("right", "wrong", *REASONS, *EVIDENCE_CATEGORIES)
"""What an answer can be: the first two whatever the reason, then by reason, then by evidence."""


@dataclass(frozen=True)
class ImageFilter:
    """None takes every digit or color; an empty `answers` takes every one of ANSWERS."""

    digit: int | None = None
    color: int | None = None
    answers: str = ""

    def matching(self, browsed: BrowsedSplit, categories: AnswerCategories | None) -> NDArray[np.intp]:
        """Indices into the browsed images; none as long as the answers aren't categorized, where it goes by them."""
        split = browsed.split
        is_match = np.ones(len(split), bool)
        if self.digit is not None:
            is_match &= split.labels == self.digit
        if self.color is not None:
            is_match &= split.attributes == self.color
        if self.answers:
            is_match &= self._matches_answer(browsed, categories) if categories else False
        return np.flatnonzero(is_match)

    def _matches_answer(self, browsed: BrowsedSplit, categories: AnswerCategories) -> NDArray[np.bool_]:
        if self.answers in REASONS:
            return np.asarray(categories.reasons == REASONS.index(self.answers))
        if self.answers in EVIDENCE_CATEGORIES:
            return np.asarray(categories.evidence == EVIDENCE_CATEGORIES.index(self.answers))
        return np.asarray((categories.predicted == browsed.split.labels) == (self.answers == "right"))

    def description(self, ten: Palette) -> str:
        """In words; empty where it takes every image."""
        digit = "" if self.digit is None else f"digit {self.digit}"
        color = "" if self.color is None else ten.color_name(self.color)
        return ", ".join(part for part in (digit, color, self.answers) if part)


def read_filter(text: str, ten: Palette) -> ImageFilter:
    """`7 red wrong` or `right for the wrong reason`: a digit, a color and an answer, each at most once, in any order.

    Of an answer a part that no other has is enough. Raises UsageError for what is none of these.
    """
    rest = _normalize(text)
    digit = color = None
    if found := re.search(r"(?<!\w)(?:digit )?(\d)(?!\w)", rest):
        digit, rest = int(found[1]), _remove_match(rest, found)
    for index in sorted(range(10), key=lambda index: -len(ten.names[index])):
        if found := re.search(rf"(?<!\w){re.escape(ten.names[index])}(?!\w)", rest):
            color, rest = index, _remove_match(rest, found)
            break
    return ImageFilter(digit, color, _answer(rest, ten) if rest else "")


def _remove_match(text: str, found: re.Match[str]) -> str:
    return _normalize(text[: found.start()] + " " + text[found.end() :])


def _normalize(text: str) -> str:
    """Words in small letters with a space between, without commas."""
    return " ".join(text.casefold().replace(",", " ").split())


def _answer(text: str, ten: Palette) -> str:
    for answer in ANSWERS:
        if text == _normalize(answer):
            return answer
    fitting = [answer for answer in ANSWERS if text in _normalize(answer)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{text!r} may be: {'; '.join(fitting)}.")
    raise UsageError(unknown_name("kind of image", text, [*ANSWERS, *ten.names]))
