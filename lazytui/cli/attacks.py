"""`lazytui attacks`: how images can be changed so that a network sees something else."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.run_references import JsonOption


def attacks(json: JsonOption = False) -> None:
    """List the attacks: what each does, what its budget bounds, and where it comes from."""
    from lazytui.attacks import ATTACKS

    if json:
        from dataclasses import asdict

        print(jsonlib.dumps([{"attack": name, **asdict(entry)} for name, entry in ATTACKS.items()], indent=1))
        return
    from lazytui.cli.tables import print_table

    rows = [[name, entry.norm, entry.summary, entry.source] for name, entry in ATTACKS.items()]
    print_table(["attack", "budget", "what it does", "source"], rows)
    print(
        "\nlazytui run attack RUN --attack NAME finds the smallest budget that fools a network, for each source image."
    )
