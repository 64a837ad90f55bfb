"""Types of the facts that several analyses keep, checked when a result is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from lazytui.data.palettes import palette
from lazytui.errors import UsageError
from lazytui.runs.results.result_contents import Count, Name


def _known_palette(text: str) -> str:
    try:
        palette(text)
    except UsageError as error:
        raise ValueError(str(error)) from error
    return text


PaletteName = Annotated[Name, AfterValidator(_known_palette)]


@dataclass(frozen=True)
class EasyAndHard:
    """How many images of each split something was measured on."""

    easy: Count
    hard: Count
