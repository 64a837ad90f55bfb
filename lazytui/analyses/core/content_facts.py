"""What a result's images and classes are, among its facts: where nothing is kept, those of colored digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lazytui.data.content import Content, colored_digits
from lazytui.data.params import DatasetParams
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result
from lazytui.validation_messages import error_sentence


def content_sizes(saved: Result, *inside: str) -> dict[str, int]:
    """The sides of a result's arrays that its content decides. inside: the fact that has it, where it isn't its own.

    Raises Damaged where that is no content.
    """
    facts: Any = saved.facts
    for name in inside:
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    kept = facts.get("recorded_content") if isinstance(facts, Mapping) else None
    if kept is None:
        return sizes_of(colored_digits("distinct"))
    try:
        return sizes_of(Content.model_validate(kept))
    except ValidationError as error:
        raise Damaged(f"its content: {error_sentence(error.errors()[0]):.200}") from error


def sizes_of(content: Content) -> dict[str, int]:
    classes, values = content.groups
    return {
        "classes": classes,
        "values": values,
        "values or none": values + 1,
        "image height": content.height,
        "image width": content.width,
    }


def content_to_record(data: DatasetParams) -> Content | None:
    """What a result keeps of what its images hold: nothing of digits in the colors of the palette."""
    return None if data.content == colored_digits(data.palette) else data.content
