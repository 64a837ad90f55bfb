"""The table of docs/reproductions.md, from what recipes printed: `python -m docs.reproductions_table FILE.json ...`.

Each file is what `lazytui run recipe NAME --json` printed, or `recipe all`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HEAD = "| recipe | metric | reported | measured | verdict |\n| --- | --- | --- | --- | --- |"


def rows(printed: Mapping[str, Any]) -> Iterator[str]:
    """A line of Markdown a metric."""
    figures = printed["figures"]
    every = figures.get("reproductions") or figures["reported"]
    for row in every["rows"]:
        measured = row["measured"]
        value = "–" if measured is None else f"{measured:.4g}"
        name = row.get("recipe", printed["params"]["recipe"])
        yield f"| `{name}` | {row['metric']} | {row['reported']} | {value} | {row['verdict'] or 'not measured'} |"


if __name__ == "__main__":
    print(HEAD)
    for name in sys.argv[1:]:
        print("\n".join(rows(json.loads(Path(name).read_text(encoding="utf-8")))))
