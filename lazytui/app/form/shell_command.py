"""The text of the shell command that does what a form comes to."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from lazytui.analyses.core.form_fields import ParamField, fields_of
from lazytui.list_values import format_list


def shell_command(kind: str, model: type[BaseModel], values: Mapping[str, Any], also: Sequence[str] = ()) -> str:
    """The shell command that runs the analysis with these values. also: further options, as separate words.

    A required argument that isn't chosen yet stands in capitals.
    """
    fields = fields_of(model)
    arguments = [
        str(word)
        for f in fields
        if f.argument and (f.required or f.name in values)
        for word in _as_sequence(values.get(f.name, f.name.upper()))
    ]
    options = [word for f in fields if f.name in values and not f.argument for word in _option(f, values[f.name])]
    if any(argument.startswith("-") for argument in arguments):
        return shlex.join(["lazytui", "run", kind, *options, *also, "--", *arguments])
    return shlex.join(["lazytui", "run", kind, *arguments, *options, *also])


def _option(field: ParamField, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [field.flag if value else f"--no-{field.flag[2:]}"]
    if field.several and field.reference is None:
        return [field.flag, format_list(_as_sequence(value))]
    return [word for one in _as_sequence(value) for word in (field.flag, str(one))]


def _as_sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (tuple, list)) else (value,)
