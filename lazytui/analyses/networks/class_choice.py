"""A class of a data set, as people name it: by its name or its number."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from lazytui.data.content import DIGITS, Content
from lazytui.errors import UsageError, unknown_name


def class_name(text: object) -> object:
    """A name that is a number as such, as runs record it of digits."""
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and text == str(int(text))
    return int(str(text)) if is_number else text


ClassName = Annotated[int | str, BeforeValidator(class_name)]


def read_class(text: int | str, content: Content) -> int:
    """Which class it is: the one of this name, or else of this number. Raises UsageError where there is none."""
    name = str(text).strip()
    names = [one.casefold() for one in content.classes]
    if name.casefold() in names:
        return names.index(name.casefold())
    if name.isdecimal() and int(name) < len(content.classes):
        return int(name)
    raise UsageError(unknown_name(content.label, name, content.classes))


def class_cell(name: str) -> int | str:
    """A class in a table: a digit as a number."""
    return int(name) if name in DIGITS else name
