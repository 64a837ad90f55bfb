"""Command-line options made from the fields of a Params model: nothing declares an option twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from lazytui.analyses.fields import ParamField, fields_of
from lazytui.cli.common import complete_run


def parameters(model: type[BaseModel]) -> list[inspect.Parameter]:
    """One parameter a field. All default to None, so that only what a person typed overrides presets and files."""
    return [_parameter(field) for field in sorted(fields_of(model), key=lambda field: not field.argument)]


def _parameter(field: ParamField) -> inspect.Parameter:
    if field.argument:
        declared: Any = typer.Argument(help=field.help, metavar=field.name.upper(), autocompletion=_completion(field))
    else:
        names = [f"{field.flag}/--no-{field.flag[2:]}"] if field.type is bool else [field.flag]
        declared = typer.Option(*names, help=field.help, metavar=_metavar(field), autocompletion=_completion(field))
    required = field.argument and field.required
    kind = _typed(field)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[kind if required else kind | None, declared],
    )


def _typed(field: ParamField) -> Any:
    """What the command line reads: repeatable options are lists, whose items the model reads."""
    return list[str] if field.several else field.type


def _metavar(field: ParamField) -> str | None:
    """What stands behind the name of an option that takes several values; None leaves the others to typer."""
    if not field.several:
        return None
    return "RUN" if field.reference else f"<{'|'.join(field.choices) or field.type.__name__},...>"


def _completion(field: ParamField) -> Callable[..., list[str]] | None:
    if field.reference:
        return complete_run
    if not field.suggestions or field.choices:
        return None
    return lambda incomplete: [name for name in field.suggestions if name.startswith(incomplete)]
