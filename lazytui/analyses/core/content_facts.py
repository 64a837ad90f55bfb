"""What a result's images and classes are, among its facts: where nothing is kept, those of colored digits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from lazytui.data.content import Content, colored_digits
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result
from lazytui.validation_messages import error_sentence


class OfImages:
    """A result with the images that it was measured on: a base of results, which have the two fields."""

    palette_name: str
    recorded_content: Content | None

    @cached_property
    def content(self) -> Content:
        """What the images are."""
        return self.recorded_content or colored_digits(self.palette_name)

    @property
    def value_colors(self) -> tuple[tuple[int, int, int], ...]:
        return value_colors(self.content, self.palette_name)


def content_sizes(saved: Result, *inside: str) -> dict[str, int]:
    """The sides of a result's arrays that its content decides. inside: the fact that is the params of a training on
    these images, where the content isn't the result's own.

    Raises Damaged where that is no content.
    """
    facts: Any = saved.facts
    for name in inside:
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    if inside and isinstance(facts, Mapping):
        return sizes_of(content_of_record(facts))
    kept = facts.get("recorded_content") if isinstance(facts, Mapping) else None
    if kept is None:
        return sizes_of(colored_digits("distinct"))
    try:
        return sizes_of(Content.model_validate(kept))
    except ValidationError as error:
        raise Damaged(f"its content: {error_sentence(error.errors()[0]):.200}") from error


def content_of_record(params: Mapping[str, Any]) -> Content:
    """What the images of a training are, or of a data set, by the params that are recorded of it.

    Raises Damaged where they are none.
    """
    own = {name: params[name] for name in DatasetParams.model_fields if name in params}
    try:
        return DatasetParams.model_validate(own).content
    except (ValidationError, UsageError) as error:
        problem = error_sentence(error.errors()[0]) if isinstance(error, ValidationError) else str(error)
        raise Damaged(f"its content: {problem:.200}") from error


def content_to_keep(data: DatasetParams) -> Content | None:
    """What a result keeps of data that its own parameters don't say; nothing of colored digits."""
    return None if data.content == colored_digits(data.palette) else data.content


def value_colors(content: Content, palette_name: str) -> tuple[tuple[int, int, int], ...]:
    """Of each value, 0 to 255, where the values are the colors of this palette; else none."""
    ten = palette(palette_name)
    return ten.colors if content.attribute == "color" and content.values == ten.names else ()


def sizes_of(content: Content) -> dict[str, int]:
    classes, values = content.groups
    return {
        "classes": classes,
        "values": values,
        "values or none": values + 1,
        "image height": content.height,
        "image width": content.width,
    }
