"""The tables of docs/reproductions.md, from what recipes printed: `python -m docs.reproductions_table FILE.json ...`.

Each file is what `lazytui run recipe NAME --json` printed, or `recipe all`. With `--papers` first, the table of
published numbers: every one, those that no file measures said not to have been run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HEAD = "| recipe | metric | reported | measured | verdict |\n| --- | --- | --- | --- | --- |"
PAPERS_HEAD = "| recipe | reported by | metric | reported | measured | verdict |\n| --- | --- | --- | --- | --- | --- |"


def rows(printed: Mapping[str, Any]) -> Iterator[str]:
    """A line of Markdown a metric."""
    for name, row in _measured(printed):
        measured = row["measured"]
        value = "–" if measured is None else f"{measured:.4g}"
        yield f"| `{name}` | {row['metric']} | {row['reported']} | {value} | {row['verdict'] or 'not measured'} |"


def paper_rows(printed: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The same of all published numbers."""
    from lazytui.analyses.recipe.earlier_studies import recipes_of_papers
    from lazytui.analyses.recipe.quantities import title

    found = {(name, row["metric"]): row for one in printed for name, row in _measured(one)}
    for name, recipe in recipes_of_papers().items():
        for metric, reported in recipe.reported.items():
            row = found.get((name, title(metric)), {"measured": None, "verdict": None})
            value, verdict = ("–", "not run") if row["measured"] is None else (f"{row['measured']:.4g}", row["verdict"])
            yield f"| `{name}` | {recipe.paper} | {title(metric)} | {reported.words} | {value} | {verdict} |"


def _measured(printed: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each recipe by name, with what was measured of a metric."""
    figures = printed["figures"]
    every = figures.get("reproductions") or figures["reported"]
    for row in every["rows"]:
        yield row.get("recipe", printed["params"]["recipe"]), row


if __name__ == "__main__":
    of_papers = sys.argv[1:2] == ["--papers"]
    files = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1 + of_papers :]]
    print(PAPERS_HEAD if of_papers else HEAD)
    print("\n".join(paper_rows(files) if of_papers else (line for one in files for line in rows(one))))
