"""Plain sentences for pydantic's validation errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_IN_WORDS = {
    "missing": "Required",
    "greater_than": "Must be more than {gt:g}",
    "greater_than_equal": "Must be at least {ge:g}",
    "less_than": "Must be less than {lt:g}",
    "less_than_equal": "Must be at most {le:g}",
    "int_parsing": "Must be a whole number",
    "int_type": "Must be a whole number",
    "int_from_float": "Must be a whole number",
    "float_parsing": "Must be a number",
    "float_type": "Must be a number",
    "finite_number": "Must be a finite number",
    "string_type": "Must be text",
    "string_unicode": "Must be valid text",
    "string_too_long": "Must have at most {max_length} characters",
    "bool_type": "Must be yes or no",
    "bool_parsing": "Must be yes or no",
    "list_type": "Must be a list",
    "tuple_type": "Must be a list",
    "dict_type": "Must be a table",
    "model_type": "Must be a table",
    "too_long": "Must have at most {max_length} entries",
    "too_short": "Must have at least {min_length} entries",
    "literal_error": "Must be one of {expected}",
}
"""By pydantic's type of error."""


def error_sentence(problem: ErrorDetails) -> str:
    """A sentence without its final period."""
    template = _IN_WORDS.get(problem["type"])
    return template.format(**problem.get("ctx", {})) if template else problem["msg"].removeprefix("Value error, ")
