"""What `run cure` reaches within its steps, beside a grid that trains every method to the end and sees the hard split.

    python -m benchmarks cure                       eight shortcuts and four clean settings: half an hour
    CURE_SETTINGS=watermark,border python -m benchmarks cure
    CURE_FOLDER=DIR: what was measured, and the trained networks; where it is there, nothing is done again.

Small networks on 3,000 drawn digits, a fifth of them held out, with a planted cue at a bias of .95; the grid's methods,
options and lengths are those that the cure may choose from. A clean setting has a cue that goes with no class.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import lazytui as lt
from lazytui.analyses.core.execute import create, execute_run, recorded_result
from lazytui.analyses.cure.candidates import candidates
from lazytui.analyses.cure.params import TRIED
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_lookup import known_trainings, same_training, trained_params
from lazytui.errors import LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace


@dataclass(frozen=True)
class Setting:
    """cue: what is planted. clean: with no class. seed: of the data and the network."""

    cue: str
    clean: bool = False
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{'clean-' if self.clean else ''}{self.cue}-{self.seed}"

    @property
    def data(self) -> dict[str, Any]:
        shared = {"source": "strokes", "train_size": 3000, "test_size": 1000, "validation_share": 0.2}
        return shared | {"cue": self.cue, "bias": 0.1 if self.clean else 0.95, "seed": self.seed}


SHORTCUTS = (
    Setting("watermark"),
    Setting("border"),
    Setting("texture"),
    Setting("hue"),
    Setting("ground"),
    Setting("position"),
    Setting("noise-frequency"),
    Setting("border", seed=1),
)
CLEAN = tuple(Setting(cue, clean=True) for cue in ("watermark", "border", "hue", "position"))
EPOCHS = 18
TRAINING = {"model": "lazy-maxpool", "epochs": EPOCHS, "metrics_samples": 100, "metrics_every": 100_000}
FOLDER = Path(os.environ.get("CURE_FOLDER", "cure-benchmark"))
COLUMNS = (
    f"{'setting':<18} {'named':<19} {'before':>6} {'cured':>6} {'grid':>6} {'less':>6} {'steps':>6}  "
    "cured by (the grid's best)"
)


def main() -> None:
    print(COLUMNS)
    found = []
    for setting in chosen((*SHORTCUTS, *CLEAN)):
        found.append(kept(setting))
        print(as_line(found[-1]), flush=True)
    print_summary(found)


def chosen(settings: Sequence[Setting]) -> list[Setting]:
    cues = os.environ.get("CURE_SETTINGS", "").split(",")
    return [one for one in settings if cues == [""] or one.cue in cues]


def kept(setting: Setting) -> dict[str, Any]:
    """What was measured of it; measured now where it wasn't."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{setting.name}.json"
    if not file.exists():
        file.write_text(json.dumps(measured(setting)))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def measured(setting: Setting) -> dict[str, Any]:
    workspace = Workspace(FOLDER / "runs")
    network = plain_network(setting, workspace)
    outcome = lt.cure(setting.name, workspace=workspace.path, budget="2h", seed=setting.seed)
    result = outcome.result
    grid = list(grid_of(network, result.named, result.groups, workspace)) if result.named else []
    hard = [(float(recorded_result(run).headline.hard_accuracy), trained_params(run).method) for run in grid]
    best = max(hard, default=(None, ""))
    return {
        "setting": setting.name,
        "clean": setting.clean,
        "named": result.named,
        "flagged": flagged_by(result.lost_before.audit, workspace) if result.lost_before else [],
        "selector": result.selector,
        "before": result.hard_before,
        "cured": result.hard_after if result.chosen else result.hard_before,
        "by": result.best.method if result.best else "",
        "steps": result.steps,
        "grid": best[0],
        "grid_by": best[1],
        "grid_steps": sum(recorded_result(run).steps for run in grid),
        "grid_hard": {method: value for value, method in hard},
    }


def flagged_by(audit: str, workspace: Workspace) -> list[str]:
    """The properties that an audit flagged, the named one first."""
    found: list[str] = recorded_result(workspace.find(audit)).named
    return found


def plain_network(setting: Setting, workspace: Workspace) -> RunFolder:
    """The lazy one."""
    try:
        run = workspace.find(setting.name)
    except LazytuiError:
        lt.train(**setting.data, **TRAINING, workspace=workspace.path, name=setting.name)
        return workspace.find(setting.name)
    if run.status.state != "done":  # the benchmark was stopped meanwhile
        execute_run(run, workspace, _Nobody())
    return run


def grid_of(network: RunFolder, named: str, groups: str | None, workspace: Workspace) -> Iterator[RunFolder]:
    """Every method that the cure may try, trained to the end."""
    for asked in candidates(trained_params(network), TRIED, named, groups):
        try:
            yield _trained(asked.model_copy(update={"epochs": EPOCHS}), workspace)
        except LazytuiError as error:
            print(f"  {asked.method}: {error}", flush=True)


def _trained(asked: TrainParams, workspace: Workspace) -> RunFolder:
    same = [run for run in same_training(asked, known_trainings(workspace)) if run.status.state == "done"]
    if same:
        return same[-1]
    run = create("train", asked, workspace)
    execute_run(run, workspace, _Nobody())
    return run


class _Nobody:
    def progress(self, progress: Progress) -> None: ...

    def metrics(self, step: int, values: object) -> None: ...

    def note(self, text: str) -> None: ...

    def continued(self) -> None: ...


def as_line(row: dict[str, Any]) -> str:
    start = f"{row['setting']:<18} {row['named'] or 'nothing':<19} {percent(row['before'])}"
    if row["grid"] is None:
        return start
    less, share = row["grid"] - row["cured"], row["steps"] / row["grid_steps"]
    numbers = f"{percent(row['cured'])} {percent(row['grid'])} {percent(less)} {percent(share)}"
    return f"{start} {numbers}  {row['by'] or 'none'} ({row['grid_by']})"


def percent(value: float) -> str:
    return f"{100 * value:>6.1f}"


def print_summary(found: Sequence[dict[str, Any]]) -> None:
    cured = [row for row in found if not row["clean"] and row["grid"] is not None]
    if cured:
        less = np.array([row["grid"] - row["cured"] for row in cured])
        share = np.array([row["steps"] / row["grid_steps"] for row in cured])
        within = int((less <= 0.02 + 1e-9).sum())
        print(
            f"\nhard accuracy under the grid's best: {100 * less.mean():.1f} points on average, "
            f"{100 * less.max():.1f} at most; within 2 points: {within} of {len(cured)}. Steps: "
            f"{100 * share.mean():.1f} % of the grid's, {100 * share.max():.1f} % at most."
        )
    clean = [row for row in found if row["clean"]]
    print(f"clean settings left alone: {sum(not row['named'] for row in clean)} of {len(clean)}")
