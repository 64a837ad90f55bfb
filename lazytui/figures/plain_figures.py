"""Plain text throughout a figure: cleaned once before any drawing, so that no renderer can forget it."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

from lazytui.figures.kinds import Figure, Text
from lazytui.plain_text import plain_text

AnyFigure = TypeVar("AnyFigure", bound=Figure)


def clean_figure(figure: AnyFigure) -> AnyFigure:
    """The same figure without escape sequences, control characters and bidi overrides in any text.

    Line breaks stay in the paragraphs of a `Text` and turn into spaces elsewhere.
    """
    return cast(AnyFigure, _clean(figure, newlines=isinstance(figure, Text)))


def _clean(value: Any, *, newlines: bool) -> Any:
    if isinstance(value, str):
        return plain_text(value, newlines=newlines)
    if isinstance(value, tuple):
        return tuple(_clean(item, newlines=newlines) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return type(value)(
            **{name: _clean(item, newlines=newlines and name == "paragraphs") for name, item in fields.items()}
        )
    return value
