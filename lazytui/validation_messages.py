"""What pydantic finds wrong with a value, as a person would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_IN_WORDS = {
    "missing": "It has to be chosen",
    "greater_than": "It has to be more than {gt:g}",
    "greater_than_equal": "It has to be {ge:g} or more",
    "less_than": "It has to be less than {lt:g}",
    "less_than_equal": "It has to be {le:g} or less",
    "int_parsing": "It has to be a whole number",
    "int_type": "It has to be a whole number",
    "int_from_float": "It has to be a whole number",
    "float_parsing": "It has to be a number",
    "float_type": "It has to be a number",
    "finite_number": "It has to be a finite number",
    "string_type": "It has to be text",
    "string_unicode": "It has to be text of sound characters",
    "string_too_long": "It has to have {max_length} characters at most",
    "bool_type": "It has to be yes or no",
    "bool_parsing": "It has to be yes or no",
    "list_type": "It has to be a list",
    "tuple_type": "It has to be a list",
    "dict_type": "It has to be a table",
    "model_type": "It has to be a table",
    "too_long": "It has to have {max_length} entries at most",
    "too_short": "It has to have {min_length} entries or more",
    "literal_error": "It has to be one of {expected}",
}
"""By pydantic's type of error."""


def error_sentence(problem: ErrorDetails) -> str:
    """A sentence without its end."""
    words = _IN_WORDS.get(problem["type"])
    return words.format(**problem.get("ctx", {})) if words else problem["msg"].removeprefix("Value error, ")
