"""`lazytui methods`: how a network can be trained, what each way reads, and what can be chosen of it."""

from __future__ import annotations

import json as jsonlib
from typing import Annotated

import typer

from lazytui.cli.common_options import JsonOption
from lazytui.errors import UsageError


def _complete(incomplete: str) -> list[str]:
    from lazytui.training.methods import METHODS

    return [name for name in METHODS if name.startswith(incomplete)]


def methods(
    name: Annotated[str | None, typer.Argument(help="Show one method in full.", autocompletion=_complete)] = None,
    json: JsonOption = False,
) -> None:
    """List the training methods: what each reads besides images and digits, and its caveats."""
    from lazytui.training.methods import METHODS

    if name is not None and (refusal := METHODS.refusal(name)):
        raise UsageError(refusal)
    entries = [METHODS[name]] if name else list(METHODS.values())
    if json:
        print(jsonlib.dumps([entry.as_json() for entry in entries], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [
        [
            entry.name,
            ", ".join(entry.reads) or "–",
            entry.caveats or "–",
            entry.summary + (f" ({entry.source})" if entry.source else ""),
        ]
        for entry in entries
    ]
    print_table(["method", "reads", "caveats", "what it does"], rows)
    print()
    if name is None:
        print("lazytui methods NAME: the options of one. lazytui run train --method NAME: train with it.")
        return
    if tuning := entries[0].published_tuning:
        print(f"The published recipe chooses {tuning}. Here nothing is chosen that way.\n")
    if options := _options(name):
        print_table(["option", "type", "limits", "default", "meaning"], options)
    else:
        print("It has no options.")
    print(f"\nTrain with it: lazytui run train --method {name}")


def _options(name: str) -> list[list[str]]:
    from lazytui.analyses.core.form_fields import fields_of
    from lazytui.catalog_fields import default_text
    from lazytui.training.methods import METHODS

    return [
        [field.flag, field.type.__name__, field.limits or "–", default_text(field.default), field.description]
        for field in fields_of(METHODS[name].options)
    ]
