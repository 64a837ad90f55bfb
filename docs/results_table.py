"""The README's table of cures, from what a study printed: `python -m docs.results_table study.json`.

The study: `lazytui run study --source mnist --epochs 10 --seeds 0-2 --rank hard_accuracy --json --methods` and then
cnc,bias-balance,grl,dfr,color-penalty,rex,jtt,reweight,group-dro,resample,permute-jitter,kmeans.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def markdown_table(printed: Mapping[str, Any]) -> str:
    """Rows from the highest hard accuracy down. printed: what a study or a comparison printed with --json."""
    figures = printed["figures"]
    reads = {row["recipe"]: _reads(row) for row in figures["cost"]["rows"]}
    rows = sorted(figures["leaderboard"]["rows"], key=lambda row: -row["hard accuracy"])
    lines = [
        f"| `{row['recipe']}` | {reads[row['recipe']]} | {_with_interval(row)} | {row['easy']:.1f} |" for row in rows
    ]
    return "\n".join(["| method | reads | hard | easy |", "| --- | --- | --- | --- |", *lines])


def _reads(row: Mapping[str, Any]) -> str:
    words = ["nothing" if row["reads"] == "–" else row["reads"], *([] if row["caveats"] == "–" else [row["caveats"]])]
    return ", ".join(words)


def _with_interval(row: Mapping[str, Any]) -> str:
    """`97.6 ± 1.2`; without the interval where there is one seed."""
    value, span = row["hard accuracy"], row["95 % interval"]
    return f"{value:.1f}" if span is None else f"{value:.1f} ± {(span['high'] - span['low']) / 2:.1f}"


if __name__ == "__main__":
    print(markdown_table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
