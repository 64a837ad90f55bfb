"""What runs of elsewhere log and record while they go on: it is drawn as far as it can be, and reported otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lazytui.app.screens import train
from lazytui.app.screens.common.grid_screen import trainings_table
from lazytui.app.screens.followed_training import FollowedTraining
from lazytui.app.screens.sae.sae_report import SaeReport, report_of
from lazytui.runs.events import EventLog
from lazytui.runs.results.saved_result import load_result, save_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status, own_process
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import run_line
from tests.conftest import FinishedTraining


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


def logged(run: RunFolder, *metrics: dict[str, float]) -> FollowedTraining:
    log = EventLog(run.events)
    for step, values in enumerate(metrics):
        log.append("metrics", step=step, values=values)
    log.close()
    watch = FollowedTraining(run)
    watch.look()
    return watch


def test_a_training_is_drawn_but_for_a_metric_of_an_endless_name(workspace: Workspace) -> None:
    watch = logged(workspace.create("train", {"epochs": 3}), {"loss": 1.0}, {"x" * 600: 1.0})
    assert [chart.name for chart in train.sight_of([watch]).charts] == ["accuracy", "cues", "loss"]


def test_a_training_that_kept_what_cannot_be_drawn_is_damaged(
    workspace: Workspace, finished_training: FinishedTraining
) -> None:
    run = workspace.create("train", RunFolder(finished_training.folder, "").record.params)
    found = load_result(finished_training.folder)
    arrays = {**found.arrays, "history_" + "x" * 600: found.arrays["history_loss"]}
    save_result(run.path, replace(found, arrays=arrays))
    run.set_status(Status(state="done", heartbeat=0.0))
    status = train.sight_of([FollowedTraining(run)])
    assert not status.charts and "is damaged" in status.text and run.id in status.text


@pytest.mark.parametrize("name", ["unexplained", "l0", "dead_share"])
def test_of_an_autoencoder_is_drawn_what_was_logged(workspace: Workspace, name: str) -> None:
    run = workspace.create("sae", {})
    run.set_status(Status.model_validate({"state": "queued", "heartbeat": 0.0, **own_process()}))
    report = report_of(logged(run, {name: 0.5}), SaeReport(), str)
    assert [curve.name for curve in report.curves] == [name.replace("_", "-")]


@pytest.mark.parametrize("strange", ["s" * 3000, "\x1b[31m", ["a"] * 3000, None])
def test_the_trainings_of_a_study_are_reported_whatever_they_record(workspace: Workspace, strange: object) -> None:
    lines = [run_line(workspace.create("train", {"seed": 1, "model": model})) for model in ("mlp", strange)]
    for line in lines:
        record = line.run.record.model_copy(
            update={"params": {"seed": strange, "model": line.run.record.params["model"]}}
        )
        vars(line.run)["record"] = record
    table = trainings_table(lines)
    assert len(table.rows) == 2 and all(len(str(cell)) <= 100 for row in table.rows for cell in row)
