"""`lazytui autoencoders`: the kinds of sparse autoencoders."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def autoencoders(json: JsonOption = False) -> None:
    """List the kinds of sparse autoencoders: what each does, its options, and where it comes from."""
    from lazytui.sae import VARIANTS

    if json:
        print(jsonlib.dumps([entry.as_json() for entry in VARIANTS.values()], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [
        [
            name,
            ", ".join(f"{option} {value:g}" for option, value in entry.defaults.items()),
            entry.summary,
            entry.source,
        ]
        for name, entry in VARIANTS.items()
    ]
    print_table(["variant", "options", "what it does", "source"], rows)
    print(
        "\nlazytui run sae RUN --variant NAME decomposes a layer into features; lazytui run sae-selfcheck tests which "
        "variants recover known features."
    )
