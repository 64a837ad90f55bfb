"""Command-line options made from the fields of a Params model: nothing declares an option twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from typer.core import TyperCommand

from lazytui.analyses.core.form_fields import ParamField, fields_of
from lazytui.cli.common_options import complete_run

_FIRST_HEADINGS = ("Arguments", "Options", "Data", "Model", "Optimization", "Augmentation", "Method", "Variant")
"""In the order of a help; others follow as their fields come. Options: fields without a heading."""

_LAST_HEADING = "Run"
"""Also of what every analysis has, made from no field."""


class GroupedCommand(TyperCommand):
    """A command whose help shows its options under the headings of their fields."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {heading: [] for heading in _FIRST_HEADINGS}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                of_option = getattr(parameter, "rich_help_panel", None) or _LAST_HEADING
                heading = "Arguments" if parameter.param_type_name == "argument" else of_option
                groups.setdefault(heading, []).append(record)
        for heading, records in sorted(groups.items(), key=lambda group: group[0] == _LAST_HEADING):
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def parameters(model: type[BaseModel]) -> list[inspect.Parameter]:
    """One parameter a field. All default to None, so that only what a person typed overrides presets and files."""
    return [_parameter(field) for field in sorted(fields_of(model), key=lambda field: not field.argument)]


def _parameter(field: ParamField) -> inspect.Parameter:
    if field.argument:
        declared: Any = typer.Argument(help=field.help, metavar=field.name.upper(), autocompletion=_completion(field))
    else:
        names = [f"{field.flag}/--no-{field.flag[2:]}"] if field.type is bool else [field.flag]
        declared = typer.Option(
            *names,
            help=field.help,
            metavar=_metavar(field),
            autocompletion=_completion(field),
            rich_help_panel=field.heading or "Options",
        )
    required = field.argument and field.required
    kind = _typed(field)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[kind if required else kind | None, declared],
    )


def _typed(field: ParamField) -> Any:
    """Text, or whether it is there: the model reads the rest, so that a wrong value gets the sentence that it has."""
    return bool if field.type is bool else list[str] if field.several else str


def _metavar(field: ParamField) -> str | None:
    """What stands behind an option's name in the help."""
    if field.type is bool:
        return None
    if field.reference:
        return "RUN"
    return f"<{'|'.join(field.choices) or field.type.__name__}{',...' if field.several else ''}>"


def _completion(field: ParamField) -> Callable[..., list[str]] | None:
    if field.reference:
        return complete_run
    names = field.choices or field.suggestions
    return (lambda incomplete: [name for name in names if name.startswith(incomplete)]) if names else None
