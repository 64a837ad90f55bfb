"""Command-line options made from the fields of a Params model: nothing declares an option twice."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lazytui.analyses.base import RunReference
from lazytui.cli.common import complete_run


def parameters(model: type[BaseModel]) -> list[inspect.Parameter]:
    """One parameter a field. All default to None, so that only what a person typed overrides presets and files."""
    fields = [(name, field, _mark(field)) for name, field in model.model_fields.items()]
    fields.sort(key=lambda entry: not (entry[2] and entry[2].argument))
    return [_parameter(name, field, mark) for name, field, mark in fields]


def _parameter(name: str, field: FieldInfo, mark: RunReference | None) -> inspect.Parameter:
    kind = _plain_type(field.annotation)
    if mark and mark.argument:
        declared: Any = typer.Argument(help=_help(field), metavar=name.upper(), autocompletion=complete_run)
    else:
        flag = "--" + name.replace("_", "-")
        names = [f"{flag}/--no-{flag[2:]}"] if kind is bool else [flag]
        declared = typer.Option(*names, help=_help(field), autocompletion=_completion(field, mark))
    required = bool(mark and mark.argument and field.is_required())
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[kind if required else kind | None, declared],
    )


def _plain_type(annotation: Any) -> Any:
    """The type that is typed: X of X | None, and a list for tuple[X, ...]."""
    if get_origin(annotation) is Annotated:
        return _plain_type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        (inner,) = [part for part in get_args(annotation) if part is not type(None)]
        return _plain_type(inner)
    if get_origin(annotation) is tuple:
        inner = _plain_type(get_args(annotation)[0])
        return list[str] if get_origin(inner) is Literal else list[inner]  # type: ignore[valid-type]
    return annotation


def _help(field: FieldInfo) -> str:
    """The field's description, the values it takes, and what holds when it isn't given."""
    limits = [
        f"{sign} {getattr(mark, name):g}" for mark in field.metadata for name, sign in _SIGNS if hasattr(mark, name)
    ]
    parts = [field.description or "", f"[{' and '.join(limits)}]" if limits else "", _default(field)]
    return " ".join(part for part in parts if part)


_SIGNS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True) if not field.is_required() else PydanticUndefined
    if default is PydanticUndefined or default is None or default == "":
        return ""
    if isinstance(default, tuple):
        default = " ".join(map(str, default)) or "none"
    if isinstance(default, bool):
        default = "yes" if default else "no"
    return f"[default: {default}]"


def _completion(field: FieldInfo, mark: RunReference | None) -> Callable[..., list[str]] | None:
    if mark:
        return complete_run
    if not field.examples or get_origin(field.annotation) is Literal:
        return None
    names = [str(example) for example in field.examples]
    return lambda incomplete: [name for name in names if name.startswith(incomplete)]


def _mark(field: FieldInfo) -> RunReference | None:
    return next((mark for mark in field.metadata if isinstance(mark, RunReference)), None)
