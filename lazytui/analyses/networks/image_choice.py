"""One image of a split, as people name it: by its number, or by its class and the value of its attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lazytui.counted_nouns import listed, with_article
from lazytui.data.content import DIGITS, Content
from lazytui.data.splits import Split
from lazytui.errors import BadInput, UsageError
from lazytui.evaluation.predictions import SPLIT_NAMES

SplitName = Literal["easy", "hard", "probe"]

DRAWN = "drawn"
"""What the pictures are called that runs of `ask` kept, the newest first."""
SPLITS = (*SPLIT_NAMES, DRAWN)

_MOST_NAMED = 12


@dataclass(frozen=True)
class NamedImage:
    """split: one of SPLITS, or empty for an image of each class with each value. text: as `index_of_image` takes it."""

    split: str
    text: str

    @property
    def description(self) -> str:
        """As `read_named_image` takes it."""
        return f"{self.split} {self.text}".lstrip()


def read_named_image(text: str, content: Content) -> NamedImage:
    """`red 7`, `hard red 7`, `easy 17` or `drawn 0`. Raises UsageError for anything else."""
    normalized = _normalize(text)
    first, _, rest = normalized.partition(" ")
    split, image = (first, rest) if first in SPLITS else ("", normalized)
    if image.isdecimal():
        if not split:
            raise UsageError(f"Image {image:.20} needs a split ({', '.join(SPLITS)}), such as hard {image:.20}.")
        return NamedImage(split, image)
    if split == DRAWN:
        raise UsageError(f"{normalized!r:.60}: drawn images are named by number, such as drawn 0, the newest.")
    return NamedImage(split, group_name(content, *read_group(image, content)))


def index_of_image(text: str, split: Split, name: str) -> int:
    """Of `17`, or of the first `red 7` of a split. name: of the split.

    Raises UsageError for what names no image, BadInput where the split has no such image.
    """
    number = text.strip()
    if number.isascii() and number.isdecimal() and len(number) <= 9:
        index = int(number)
        if index >= len(split):
            raise BadInput(f"The {name} split has no image {index:,}: they go from 0 to {len(split) - 1:,}.")
        return index
    label, attribute = read_group(text, split.content)
    matches = np.flatnonzero((split.labels == label) & (split.attributes == attribute))
    if not len(matches):
        raise BadInput(f"The {name} split has no {group_name(split.content, label, attribute)}.")
    return int(matches[0])


def read_group(text: str, content: Content) -> tuple[int, int]:
    """`red 7`, `7 red` or `heron water`: class and value, each by its name, or by its number.

    Where there is no attribute the class alone, and its value is the unknown one. Raises UsageError for anything else.
    """
    normalized, labels = _normalize(text), _numbered(content.classes)
    if not content.values and normalized in labels:
        return labels[normalized], content.unknown
    values = _values(content)
    for begins in (False, True):
        for name, label in labels.items():
            if normalized.startswith(name) if begins else normalized.endswith(name):
                rest = (normalized.removeprefix(name) if begins else normalized.removesuffix(name)).strip()
                if rest in values:
                    return label, values[rest]
    raise UsageError(f"{normalized!r:.60} isn't {_group_in_words(content)}.")


def group_name(content: Content, label: int, attribute: int) -> str:
    """`red 7`, `gray 7`, or `heron` where there is no attribute: as `read_group` takes it."""
    return f"{content.value_names[attribute]} {content.classes[label]}" if content.values else content.classes[label]


def _normalize(text: str) -> str:
    return " ".join(text.casefold().split())


def _numbered(names: Sequence[str]) -> Mapping[str, int]:
    """Each by its number and by its name; the longest names first, since a name may begin with another."""
    numbers = {str(number): number for number in range(len(names))}
    named = {_normalize(name): number for number, name in enumerate(names)}
    return dict(sorted((numbers | named).items(), key=lambda one: -len(one[0])))


def _values(content: Content) -> Mapping[str, int]:
    """By name; by number too where a number can't be a class."""
    if content.classes == DIGITS:
        return {name: index for index, name in enumerate(content.values)}
    return _numbered(content.values)


def _group_in_words(content: Content) -> str:
    classes = "0 to 9" if content.classes == DIGITS else listed(content.classes, _MOST_NAMED)
    if not content.values:
        return f"{with_article(content.label)}: {classes}"
    values = listed(content.values, _MOST_NAMED)
    what = f"{with_article(content.attribute)} and {with_article(content.label)}"
    return f"{what}: {values}, and {classes}, such as {group_name(content, 1, 0)}"
