"""One function for each analysis, made from its Params when it is first asked for; `functions.pyi` has their types."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.form_fields import ParamField, fields_of
from lazytui.errors import UsageError
from lazytui.library.calls import Where, run_analysis
from lazytui.library.outcome import Outcome

NAMES = {kind.replace("-", "_"): kind for kind in SUMMARIES}
"""The function of each analysis."""

_COMMON = {
    "workspace": (None, "Folder in which the run is kept. Default: a temporary one, removed when the process ends."),
    "name": (None, "A name for the run."),
    "log": ((), "Other programs that show its curves and figures: tensorboard, wandb."),
    "quiet": (True, "No progress messages."),
}


def __getattr__(name: str) -> Any:
    if name in NAMES:
        return function_of(NAMES[name])
    raise AttributeError(name)


@functools.cache
def function_of(kind: str) -> Callable[..., Outcome[Any, Any]]:
    """The function of an analysis: what is typed without an option's name comes first, all else by name."""
    fields = sorted(fields_of(analysis(kind).params), key=lambda field: not field.argument)
    first = [field.name for field in fields if field.argument]

    def call(
        *arguments: Any,
        workspace: Where = None,
        name: str | None = None,
        log: str | Sequence[str] = (),
        quiet: bool = True,
        **options: Any,
    ) -> Outcome[Any, Any]:
        if len(arguments) > len(first):
            raise UsageError(f"lazytui.{call.__name__} takes {', '.join(first) or 'nothing'} without a name before it.")
        named = dict(zip(first, arguments, strict=False))
        return run_analysis(kind, {**named, **options}, workspace=workspace, name=name, log=log, quiet=quiet)

    call.__name__ = call.__qualname__ = kind.replace("-", "_")
    call.__module__ = "lazytui"
    call.__doc__ = "\n".join([SUMMARIES[kind], "", *(f"{field.name}: {field.help}" for field in fields), *_of_all()])
    call.__signature__ = _signature(fields)  # type: ignore[attr-defined]
    return call


def _of_all() -> list[str]:
    return [f"{name}: {about}" for name, (_, about) in _COMMON.items()]


def _signature(fields: list[ParamField]) -> inspect.Signature:
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    own = [
        inspect.Parameter(
            field.name,
            kinds[field.argument],
            default=inspect.Parameter.empty if field.argument and field.required else field.default,
        )
        for field in fields
    ]
    common = [inspect.Parameter(name, kinds[0], default=default) for name, (default, _) in _COMMON.items()]
    return inspect.Signature([*own, *common], return_annotation=Outcome)
