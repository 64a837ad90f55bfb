"""`lazytui attacks`: how images can be changed so that a network sees something else."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def attacks(json: JsonOption = False) -> None:
    """List the attacks: what each does, what its budget bounds, and where it comes from."""
    from lazytui.attacks import ATTACKS

    if json:
        print(jsonlib.dumps([attack.as_json() for attack in ATTACKS.values()], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [[name, attack.norm, attack.summary, attack.source] for name, attack in ATTACKS.items()]
    print_table(["attack", "budget", "what it does", "source"], rows)
    print(
        "\nlazytui run attack RUN --attack NAME finds the smallest budget that fools a network, for each source image."
    )
