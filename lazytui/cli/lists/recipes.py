"""`lazytui recipes`: what earlier studies reported, to be done again."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def recipes(json: JsonOption = False) -> None:
    """List what earlier studies did, with what they reported."""
    from lazytui.analyses.recipe.earlier_studies import recipes as known

    if json:
        entries = [{"recipe": name, **entry.as_written()} for name, entry in known().items()]
        print(jsonlib.dumps(entries, indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [[name, entry.study, entry.reported_text, entry.about] for name, entry in known().items()]
    print_table(["recipe", "study", "reported", "what it is"], rows)
    print(
        "\nlazytui run recipe NAME does one with three seeds and shows reported and measured side by side;\n"
        "lazytui run recipe all --preset quick does all. Reported shares are in percent."
    )
