"""Where a training's time goes, and how fast this machine trains."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lazytui.analyses.core import execute
from lazytui.analyses.study.analysis import cells
from lazytui.analyses.study.params import StudyParams
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_lookup import recipe_of
from lazytui.cli.doctor import _print_speeds
from lazytui.cli.narration import open_narrator
from lazytui.figures.kinds import Table
from lazytui.runs.workspace import Workspace
from lazytui.training import speed
from lazytui.training.phases import BACKWARD, BATCHES, FORWARD, IN_ORDER, OF_STEPS, OPTIMIZER, POINTS, STEPS
from lazytui.training.settings import TrainingSettings

ASKED = TrainParams(
    source="strokes", train_size=200, test_size=150, model="mlp", batch_size=32, epochs=2, metrics_samples=100,
    metrics_every=4, profile=True, device="cpu",
)  # fmt: skip
STEPS_DONE = 12


def test_phases_are_measured_kept_and_shown(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    run = execute.create("train", ASKED, workspace)
    with open_narrator(run.id, quiet=True) as narrator:
        execute.execute_run(run, workspace, narrator)
    profile = execute.recorded_result(run).profile
    times = {one.phase: one.times for one in profile.phases}
    names = list(times)
    assert names == [name for name in IN_ORDER if name in times] and set(OF_STEPS) - set(names) == {OF_STEPS[-2]}
    assert {times[name] for name in (BATCHES, FORWARD, BACKWARD, OPTIMIZER, STEPS)} == {STEPS_DONE} == {profile.steps}
    assert times[POINTS] == 1 + STEPS_DONE // 4
    seconds = sum(one.seconds for one in profile.phases)
    assert 0 < seconds <= profile.seconds
    table = next(figure for figure in execute.figures(run) if figure.name == "profile")
    assert isinstance(table, Table) and [row[0] for row in table.rows] == [*names, "everything else"]
    assert sum(float(str(row[2])) for row in table.rows) == pytest.approx(100)
    assert "resumed" not in table.note


def test_a_profile_is_no_part_of_the_recipe_nor_of_a_study() -> None:
    plain = ASKED.model_copy(update={"profile": False, "graph": "off"})
    assert recipe_of(ASKED) == recipe_of(plain)
    assert not any(cell.profile for cell in cells(StudyParams()).values())


def test_every_way_to_train_here_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed, "_ROUNDS", 2)
    monkeypatch.setattr(speed, "_ROUND_SECONDS", 0.01)
    speeds = speed.measure_speeds(TrainingSettings(model="lazy-gap", device="cpu", precision="fp32"))
    ways = [(one.device, one.precision, one.threads, one.graph) for one in speeds.measured]
    assert len(set(ways)) == len(ways) >= 2 and {precision for _, precision, _, _ in ways} == {"fp32", "bf16"}
    assert all(one.images > 0 and math.isfinite(one.images) for one in speeds.measured)
    assert speeds.auto in speeds.measured and speeds.as_json()["fastest"]["images"] >= speeds.auto.images
    _print_speeds(speeds)
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith(("cpu ", "cuda "))]) == len(ways)
    assert any(line.startswith(f"auto uses {speeds.auto.device}, {speeds.auto.precision}, ") for line in lines)
