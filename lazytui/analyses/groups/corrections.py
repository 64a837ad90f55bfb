"""A person's corrections of inferred groups: images that contradict, with the class that they are like, and images
that were marked wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazytui.analyses.networks.class_choice import read_class
from lazytui.data.content import Content
from lazytui.errors import UsageError

if TYPE_CHECKING:
    from lazytui.analyses.groups.params import GroupsParams

Corrections = Mapping[int, int | None]
"""By the number of an image the class that it is like; None where it doesn't contradict."""


def read_corrections(params: GroupsParams, content: Content) -> dict[int, int | None]:
    """The corrections in the options. Raises UsageError for text that isn't an image with a class."""
    corrections: dict[int, int | None] = dict(_read(one, content) for one in params.contradicting or ())
    return corrections | dict.fromkeys(params.agreeing or ())


def as_options(corrections: Corrections, content: Content) -> dict[str, Any]:
    """The same as options; None for those that aren't needed."""
    agreeing = tuple(sorted(number for number, like in corrections.items() if like is None))
    contradicting = tuple(
        f"{number}:{content.classes[like]}" for number, like in sorted(corrections.items()) if like is not None
    )
    return {"agreeing": agreeing or None, "contradicting": contradicting or None}


def _read(text: str, content: Content) -> tuple[int, int]:
    """`17:3` as the number of an image and a class. Raises UsageError."""
    number, _, name = text.partition(":")
    if not number.strip().isdigit() or not name:
        raise UsageError(f"{text!r:.60} isn't NUMBER:CLASS, an image and the class that it is like, such as 17:3.")
    return int(number), read_class(name.strip(), content)
