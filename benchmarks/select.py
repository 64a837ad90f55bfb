"""How far each selector falls short of the hard split: ten small studies, each of every method that a cure may try.

    python -m benchmarks select       the trainings of `python -m benchmarks cure`, and of two settings more

CURE_FOLDER is where both keep what they measured. A study's candidates are all trainings on its data, of every length.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import lazytui as lt
from benchmarks.cure import FOLDER, SHORTCUTS, Setting, chosen, kept
from lazytui.analyses.train.same_data import differing_options
from lazytui.analyses.trainings.training_lookup import known_trainings, trained_params
from lazytui.runs.workspace import Workspace

STUDIES = (*SHORTCUTS, Setting("watermark", seed=1), Setting("texture", seed=1))
SELECTORS = ("accuracy", "worst class", "worst environment", "worst group", "worst swap")


def main() -> None:
    print(f"{'study':<18} {'of':>3} {'best':>6}  regret by " + "  ".join(f"{name:>17}" for name in SELECTORS))
    found = []
    for setting in chosen(STUDIES):
        found.append(selected(setting))
        row = found[-1]
        regrets = "  ".join(f"{_points(row['regret'].get(name)):>17}" for name in SELECTORS)
        print(f"{row['study']:<18} {row['candidates']:>3} {100 * row['best']:>6.1f}            {regrets}", flush=True)
    for name in SELECTORS:
        regrets = [row["regret"][name] for row in found if row["regret"].get(name) is not None]
        ranks = [row["rank"][name] for row in found if row["rank"].get(name) is not None]
        if regrets:
            within = sum(regret <= 0.01 + 1e-9 for regret in regrets)
            print(
                f"{name:<18} regret {100 * np.mean(regrets):.1f} points on average, {100 * max(regrets):.1f} at most; "
                f"within 1 point: {within} of {len(regrets)}; rank correlation with the true worst group "
                f"{np.mean(ranks):.2f}"
            )


def _points(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:.1f}"


def selected(setting: Setting) -> dict[str, Any]:
    """What was measured of it; measured now where it wasn't."""
    file = FOLDER / f"select-{setting.name}.json"
    if not file.exists():
        file.write_text(json.dumps(_measured(setting)))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _measured(setting: Setting) -> dict[str, Any]:
    flagged, workspace = kept(setting)["flagged"], Workspace(FOLDER / "runs")
    network = trained_params(workspace.find(setting.name))
    done = [run for run in known_trainings(workspace) if run.status.state == "done"]
    runs = [run.reference for run in done if not differing_options(network, trained_params(run))]
    result = lt.select(runs, workspace=workspace.path, plain=setting.name, property=tuple(flagged) or None).result
    ranks = {name: result.agreement_of(name) for name in result.selectors}
    return {
        "study": setting.name,
        "candidates": len(result.candidates),
        "best": float(result.hard[result.best]),
        "regret": {name: result.regret_of(name) for name in result.selectors},
        "rank": {name: rank if np.isfinite(rank) else None for name, rank in ranks.items()},
    }
