"""`lazytui methods`: how a network can be trained, what each way reads, and what can be chosen of it."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from typing import Annotated

import typer

from lazytui.cli.run_references import JsonOption
from lazytui.errors import UsageError, unknown_name


def _complete(incomplete: str) -> list[str]:
    from lazytui.training.methods import METHODS

    return [name for name in METHODS if name.startswith(incomplete)]


def methods(
    name: Annotated[str | None, typer.Argument(help="Show one method in full.", autocompletion=_complete)] = None,
    json: JsonOption = False,
) -> None:
    """List the training methods: what each reads besides images and digits, and whether it bends the task's rules."""
    from lazytui.training.methods import METHODS

    if name is not None and name not in METHODS:
        raise UsageError(unknown_name("method", name, METHODS))
    asked = {name: METHODS[name]} if name else METHODS
    if json:
        print(jsonlib.dumps([{"method": method, **asdict(entry)} for method, entry in asked.items()], indent=1))
        return
    from lazytui.cli.tables import print_table

    rows = [
        [method, ", ".join(entry.needs) or "–", entry.rules, f"{entry.summary} {entry.origin}".strip()]
        for method, entry in asked.items()
    ]
    print_table(["method", "reads", "rules", "what it does"], rows)
    print()
    if name is None:
        print("lazytui methods NAME tells what can be chosen of one; lazytui run train --method NAME trains with it.")
        return
    if options := _options(name):
        print_table(["option", "default", "meaning"], options)
    else:
        print("It has no options.")
    print(f"\nlazytui run train --method {name} trains with it.")


def _options(name: str) -> list[list[str]]:
    from lazytui.analyses.core.form_fields import fields_of
    from lazytui.training.methods import METHODS
    from lazytui.training.methods.method_options import MethodOptions

    fields = {field.name: field for field in fields_of(MethodOptions)}
    return [
        [fields[option].flag, f"{default:g}", f"{fields[option].meaning} [{fields[option].limits}]"]
        for option, default in METHODS[name].options.items()
    ]
