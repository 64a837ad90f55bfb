"""Which images of a split are browsed: by class, by value, and by how a network answers them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.answer_sort import AnswerCategories
from lazytui.analyses.gradcam.image_words import evidence_names, reason_names
from lazytui.analyses.gradcam.live import BrowsedSplit
from lazytui.data.content import DIGITS, Content
from lazytui.errors import UsageError, unknown_name
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, REASONS

ANSWERS = ("right", "wrong", *REASONS, *EVIDENCE_CATEGORIES)
"""What an answer can be: the first two whatever the reason, then by reason, then by evidence."""


def answer_names(content: Content) -> tuple[str, ...]:
    """ANSWERS, in the words of what the images hold."""
    return ("right", "wrong", *reason_names(content), *evidence_names(content))


def answers_of(browsed: BrowsedSplit) -> tuple[str, ...]:
    """Those of ANSWERS that there are: by reason only where images can be repainted, by evidence only with masks."""
    reasons = REASONS if browsed.trained.plants else ()
    return ("right", "wrong", *reasons, *(EVIDENCE_CATEGORIES if browsed.has_masks else ()))


@dataclass(frozen=True)
class ImageFilter:
    """None takes every class or value; an empty `answers` takes every one of ANSWERS."""

    label: int | None = None
    attribute: int | None = None
    answers: str = ""

    def matching(self, browsed: BrowsedSplit, categories: AnswerCategories | None) -> NDArray[np.intp]:
        """Indices into the browsed images; none as long as the answers aren't categorized, where it goes by them."""
        split = browsed.split
        is_match = np.ones(len(split), bool)
        if self.label is not None:
            is_match &= split.labels == self.label
        if self.attribute is not None:
            is_match &= split.attributes == self.attribute
        if self.answers:
            is_match &= self._matches_answer(browsed, categories) if categories else False
        return np.flatnonzero(is_match)

    def _matches_answer(self, browsed: BrowsedSplit, categories: AnswerCategories) -> NDArray[np.bool_]:
        if self.answers in REASONS:
            return np.asarray(categories.reasons == REASONS.index(self.answers))
        if self.answers in EVIDENCE_CATEGORIES:
            if categories.evidence is None:
                return np.zeros(len(categories.predicted), bool)
            return np.asarray(categories.evidence == EVIDENCE_CATEGORIES.index(self.answers))
        return np.asarray((categories.predicted == browsed.split.labels) == (self.answers == "right"))

    def description(self, content: Content) -> str:
        """In words; empty where it takes every image."""
        label = "" if self.label is None else f"{content.label} {content.classes[self.label]}"
        value = "" if self.attribute is None else content.value_names[self.attribute]
        answers = answer_names(content)[ANSWERS.index(self.answers)] if self.answers else ""
        return ", ".join(part for part in (label, value, answers) if part)


def read_filter(text: str, content: Content) -> ImageFilter:
    """`7 red wrong` or `right for the wrong reason`: a class, a value and an answer, each at most once, in any order.

    Of an answer a part that no other has is enough. Raises UsageError for what is none of these.
    """
    rest = _normalize(text)
    label = attribute = None
    if match := _find(content.classes, rest, f"(?:{re.escape(_normalize(content.label))} )?"):
        label, rest = _index_of(content.classes, match), _remove_match(rest, match)
    if content.values and (match := _find(content.values, rest)):
        attribute, rest = _index_of(content.values, match), _remove_match(rest, match)
    return ImageFilter(label, attribute, _answer(rest, content) if rest else "")


def _find(names: Sequence[str], text: str, before: str = "") -> re.Match[str] | None:
    """The first of the names in a text, the longest where several begin there. before: what may stand before it."""
    longest_first = sorted(map(_normalize, names), key=len, reverse=True)
    return re.search(rf"(?<!\w){before}({'|'.join(map(re.escape, longest_first))})(?!\w)", text)


def _index_of(names: Sequence[str], match: re.Match[str]) -> int:
    return [_normalize(name) for name in names].index(match[1])


def _remove_match(text: str, match: re.Match[str]) -> str:
    return _normalize(text[: match.start()] + " " + text[match.end() :])


def _normalize(text: str) -> str:
    """Words in small letters with a space between, without commas."""
    return " ".join(text.casefold().replace(",", " ").split())


def _answer(text: str, content: Content) -> str:
    """One of ANSWERS."""
    names = answer_names(content)
    for name, answer in zip(names, ANSWERS, strict=True):
        if text == _normalize(name):
            return answer
    fitting = [name for name in names if text in _normalize(name)]
    if len(fitting) == 1:
        return ANSWERS[names.index(fitting[0])]
    if fitting:
        raise UsageError(f"{text!r} may be: {'; '.join(fitting)}.")
    named = () if content.classes == DIGITS else content.classes
    raise UsageError(unknown_name("kind of image", text, [*names, *content.values, *named]))
