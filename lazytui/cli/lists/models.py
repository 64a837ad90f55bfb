"""`lazytui models`: the architectures that can be named, and the trained ones that came along."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def models(json: JsonOption = False) -> None:
    """List the architectures by name, with their size and origin."""
    from lazytui.models.architectures import ARCHITECTURES

    if json:
        print(jsonlib.dumps([entry.as_json() for entry in ARCHITECTURES.values()], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [[entry.name, f"{entry.parameters:,}", entry.origin, entry.summary] for entry in ARCHITECTURES.values()]
    print_table(["model", "parameters", "from", "what it is"], rows)
