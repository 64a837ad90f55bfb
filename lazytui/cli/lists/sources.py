"""`lazytui sources` and `lazytui cues`: where images come from, and what can be planted in them."""

from __future__ import annotations

import json as jsonlib

from lazytui.cli.common_options import JsonOption


def sources(json: JsonOption = False) -> None:
    """List the sources of images, your own files among them, and the options that each reads."""
    from lazytui.data.sources.catalog import SOURCES

    if json:
        print(jsonlib.dumps([source.as_json() for source in SOURCES.values()], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    rows = [
        [source.usage, source.summary, ", ".join(f"--{name.replace('_', '-')}" for name in source.reads) or "–"]
        for source in SOURCES.values()
    ]
    print_table(["source", "images", "options"], rows)
    print("\nlazytui run dataset --source SOURCE: look at it. lazytui run train --source SOURCE: train on it.")


def cues(json: JsonOption = False) -> None:
    """List the cues that can be planted in images, and how many classes each supports."""
    from lazytui.data.cues import CUE_SUMMARIES, CUES

    if json:
        print(jsonlib.dumps([cue.as_json() for cue in CUES.values()], indent=1))
        return
    from lazytui.cli.lists.tables import print_table

    most = {name: str(cue.most) for name, cue in CUES.items()} | {"color": "10"}
    print_table(
        ["cue", "classes", "what is planted"],
        [[name, most.get(name, "–"), summary] for name, summary in CUE_SUMMARIES.items()],
    )
    for cue in CUES.values():
        if cue.levels:
            print(f"\nLevels of {cue.name} (--cue-level): {', '.join(cue.levels)}.")
    print("\nlazytui run dataset --source SOURCE --cue NAME --bias 0.95: plant one, and look at it.")
