"""Images and classes as people name them, of digits in colors and of classes that have names."""

from __future__ import annotations

import pytest

from lazytui.analyses.networks.class_choice import read_class
from lazytui.analyses.networks.image_choice import group_name, read_group
from lazytui.data.content import Content, colored_digits
from lazytui.errors import UsageError

DIGITS = colored_digits("distinct")
BIRDS = Content(
    classes=("gull", "great auk", "auk"),
    attribute="ground",
    values=("water", "land", "water 2"),
    aligned=(0, 1, 1),
    height=16,
    width=16,
)
BARE = Content(classes=BIRDS.classes, height=16, width=16)


@pytest.mark.parametrize(
    ("content", "text", "group"),
    [
        (DIGITS, "red 7", (7, 0)),
        (DIGITS, " 7  RED", (7, 0)),
        (DIGITS, "green7", (7, 1)),
        (BIRDS, "Water great auk", (1, 0)),
        (BIRDS, "auk land", (2, 1)),
        (BIRDS, "water 2 gull", (0, 2)),
        (BIRDS, "land 0", (0, 1)),
        (BIRDS, "2 gull", (0, 2)),
        (BARE, "Great Auk", (1, 0)),
        (BARE, "2", (2, 0)),
    ],
)
def test_class_and_value_by_name_or_number(content: Content, text: str, group: tuple[int, int]) -> None:
    assert read_group(text, content) == group
    assert read_group(group_name(content, *group), content) == group


@pytest.mark.parametrize(
    ("content", "text", "sentence"),
    [
        (DIGITS, "0 1", "isn't a color and a digit: .*, and 0 to 9, such as red 1"),
        (DIGITS, "red 17", "isn't a color and a digit"),
        (BIRDS, "water", "isn't a ground and a class: water, land, water 2, and gull, great auk, auk, such as water"),
        (BARE, "water gull", "isn't a class: gull, great auk, auk"),
    ],
)
def test_what_names_no_image_is_refused(content: Content, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_group(text, content)


def test_a_class_goes_by_name_or_number() -> None:
    assert [read_class(text, BIRDS) for text in ("AUK", "great auk", "0")] == [2, 1, 0]
    with pytest.raises(UsageError, match="There is no class 'owl'"):
        read_class("owl", BIRDS)
