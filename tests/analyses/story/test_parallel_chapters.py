"""Parts side by side, in this process: what somebody else carries is waited for, and what isn't asked is ignored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from lazytui.analyses.story import parallel_chapters
from lazytui.analyses.story.parallel_chapters import Part, _SideBySide
from lazytui.errors import LazytuiError
from lazytui.runs.execution import run_execution
from lazytui.runs.jobs import start_detached
from lazytui.runs.locks import AlreadyLocked
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status, own_process
from lazytui.runs.worker_pool import OVER, WorkerReport, Workers
from lazytui.runs.workspace import Workspace
from tests.runs.test_pause import Listener


class _Lazy:
    """Workers that say what they are given to say, and leave the runs to others."""

    def __init__(self, heard: list[WorkerReport]) -> None:
        self.said = heard
        self.run_chapters: list[RunFolder] = []

    def are_busy(self) -> bool:
        return False

    def include(self, pid: int | None) -> bool:
        return pid is None

    def execute(self, run: RunFolder) -> None:
        self.run_chapters.append(run)
        self.said.append((run.id, {"kind": OVER}))

    def new_reports(self) -> Iterator[WorkerReport]:
        while self.said:
            yield self.said.pop(0)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


@pytest.fixture
def report(workspace: Workspace) -> Iterator[Report]:
    with run_execution(workspace.create("story", {}), workspace, Listener()) as report:
        yield report


def begun(run: RunFolder, report: Report, *heard: WorkerReport) -> tuple[_SideBySide, _Lazy, list[str]]:
    """Beside the run's own side: the workers, and how often the run was looked for."""
    asked: list[str] = []

    def run_of(_runs: Mapping[str, str]) -> RunFolder:
        asked.append(run.id)
        return run

    workers = _Lazy(list(heard))
    part = Part("data", "Data", (), 0, run_of)
    return _SideBySide([part], report, cast("Workers", workers)), workers, asked


def test_a_part_that_another_process_carries_is_looked_for_once_and_told_once(
    workspace: Workspace, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel_chapters, "_LOOK_ELSEWHERE_EVERY", 0.0)
    run = workspace.create("dataset", {})
    sides, workers, asked = begun(run, report)
    notes: list[Any] = []
    monkeypatch.setattr(report, "note", notes.append)
    with run.claim():
        run.set_status(Status.model_validate({"state": "running", "heartbeat": 0.0, **own_process()}))
        for _ in range(5):
            sides._begin()
            sides._listen()
        run.set_status(Status(state="done", heartbeat=0.0))
    assert list(sides.run_chapters()) == ["data"]
    assert asked == [run.id] and not workers.run_chapters
    assert notes[0] == f"waiting for {run.id}, Data, which another process is running" and len(notes) == 2, notes


def test_who_lost_a_run_to_another_process_waits_for_it(workspace: Workspace, report: Report) -> None:
    run = workspace.create("dataset", {})
    sides, workers, _ = begun(run, report, ("somebody-else", {"kind": OVER}))
    sides._begin()
    assert workers.run_chapters == [run]
    with run.claim():
        run.set_status(Status.model_validate({"state": "running", "heartbeat": 0.0, **own_process()}))
        sides._listen()
        assert not sides._going and not sides._done


def test_who_was_ended_from_outside_is_reported(workspace: Workspace, report: Report) -> None:
    run = workspace.create("dataset", {})
    sides, _, _ = begun(run, report)
    sides._begin()
    run.set_status(Status(state="interrupted", heartbeat=0.0))
    with pytest.raises(LazytuiError, match="was ended from outside"):
        sides._listen()


def test_a_run_that_is_claimed_is_not_started_anew(workspace: Workspace) -> None:
    run = workspace.create("dataset", {})
    before = (run.path / "status.json").read_text()
    with run.claim(), pytest.raises(AlreadyLocked, match="is being run by another process already"):
        start_detached(run, workspace)
    assert (run.path / "status.json").read_text() == before
