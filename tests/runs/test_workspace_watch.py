"""Watching a workspace: whatever happens to a run is noticed, and what nothing happened to isn't read again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lazytui.errors import BadInput
from lazytui.runs import workspace_watch as watch
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import FolderWatch, RunLine, WorkspaceWatch, find_line, run_line
from tests.commands import wait_until


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


def ended(workspace: Workspace) -> RunFolder:
    run = workspace.create("train", {"seed": 3})
    run.set_status(Status(state="done", heartbeat=0.0))
    return run


def line_of(run: RunFolder, watched: WorkspaceWatch) -> RunLine | None:
    return next((line for line in watched.refresh() if line.run.id == run.id), None)


def state_of(run: RunFolder, watched: WorkspaceWatch) -> str:
    line = line_of(run, watched)
    return line.state if line else "gone"


def test_lines_resolve_references_as_the_workspace_does(workspace: Workspace) -> None:
    runs = [ended(workspace) for _ in range(3)]
    runs[0].set_name("mine")
    part = workspace.create("train", {}, started_by=runs[2].id)
    lines = WorkspaceWatch(workspace).refresh()
    for reference in ("mine", "latest", "2", "nobody", *(run.id for run in runs), part.id, runs[1].id[-4:]):
        try:
            found = workspace.find(reference).id
        except BadInput:
            found = None
        line = find_line(lines, reference)
        assert (line.run.id if line else None) == found, reference


def test_a_claim_that_is_a_link_in_a_circle_costs_its_run_only(workspace: Workspace) -> None:
    good, bad = ended(workspace), workspace.create("train", {})
    bad.set_status(bad.status.model_copy(update={"state": "running"}))
    (bad.path / ".claim").symlink_to(".claim")
    lines = {line.run.id: line for line in WorkspaceWatch(workspace).refresh()}
    assert lines[good.id].state == "done"
    assert lines[bad.id].state == "damaged" and lines[bad.id].status.state == "interrupted"


def test_what_another_process_does_to_an_ended_run_is_noticed(workspace: Workspace) -> None:
    first, second = ended(workspace), ended(workspace)
    watched = WorkspaceWatch(workspace)
    assert [line.run.id for line in watched.refresh()] == [first.id, second.id]
    first.set_name("lazy")
    wait_until(lambda: (line := line_of(first, watched)) and line.name == "lazy")
    first.set_status(Status(state="failed", heartbeat=0.0))
    wait_until(lambda: state_of(first, watched) == "failed")
    (first.path / "result.json").write_text('{"metrics": {"easy_accuracy": 0.5}}')
    wait_until(lambda: (line := line_of(first, watched)) and line.metrics == {"easy_accuracy": 0.5})
    (first.path / "elsewhere").symlink_to("/etc")
    wait_until(lambda: state_of(first, watched) == "damaged")
    third = ended(workspace)
    assert state_of(third, watched) == "done", "at the next look"
    moved = second.path.rename(second.path.with_name("moved"))
    assert {line.run.id for line in watched.refresh()} == {first.id, third.id, moved.name}
    workspace.remove(third)
    shutil.rmtree(moved)
    assert [line.run.id for line in watched.refresh()] == [first.id]


def test_a_folder_that_becomes_a_run_or_a_run_no_more_is_noticed(workspace: Workspace) -> None:
    run = ended(workspace)
    copied = workspace.path / "copied"
    copied.mkdir()
    watched = WorkspaceWatch(workspace)
    assert [line.run.id for line in watched.refresh()] == [run.id]
    shutil.copyfile(run.path / "run.json", copied / "run.json")
    wait_until(lambda: len(watched.refresh()) == 2)
    (copied / "run.json").unlink()
    wait_until(lambda: len(watched.refresh()) == 1)


def test_a_run_whose_process_is_killed_is_interrupted_at_the_next_look(workspace: Workspace) -> None:
    run = workspace.create("train", {})
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    started = psutil.Process(process.pid).create_time()
    queued = Status(
        state="queued", heartbeat=time.time(), host=socket.gethostname(), pid=process.pid, pid_started=started
    )
    run.set_status(queued)
    watched = WorkspaceWatch(workspace)
    assert state_of(run, watched) == "queued"
    process.kill()
    process.wait()
    assert state_of(run, watched) == "interrupted"


def test_a_heartbeat_that_gets_old_elsewhere_is_noticed_and_so_is_a_new_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = workspace.create("train", {})
    run.set_status(Status(state="running", heartbeat=time.time(), host="elsewhere"))
    watched = WorkspaceWatch(workspace)
    assert state_of(run, watched) == "running"
    with monkeypatch.context() as later:
        now = time.time
        later.setattr(time, "time", lambda: now() + 3600)
        assert state_of(run, watched) == "interrupted"
    run.set_status(Status(state="running", heartbeat=time.time() + 1, host="elsewhere"))
    wait_until(lambda: state_of(run, watched) == "running")


def test_a_file_that_is_written_in_place_is_noticed_in_the_end(workspace: Workspace) -> None:
    run, _other = ended(workspace), ended(workspace)
    watched = WorkspaceWatch(workspace)
    assert state_of(run, watched) == "done"
    before = run.path.stat().st_mtime_ns
    (run.path / "status.json").write_text('{"state": "failed", "heartbeat": 0}')
    assert run.path.stat().st_mtime_ns == before
    wait_until(lambda: state_of(run, watched) == "failed")


def test_what_did_not_change_is_the_same_and_is_not_read_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [ended(workspace) for _ in range(20)]
    monkeypatch.setattr(watch, "COARSEST_SECONDS", 0.0)
    watched = WorkspaceWatch(workspace)
    before = watched.refresh()
    watched.refresh()  # the folders have settled
    read: list[str] = []

    def reading(run: RunFolder) -> RunLine:
        read.append(run.id)
        return run_line(run)

    monkeypatch.setattr(watch, "run_line", reading)
    assert watched.refresh() is before
    assert len(read) <= 1, "but for the one that is read in any case"
    runs[5].set_name("sixth")
    wait_until(lambda: watched.refresh() is not before)
    after = watched.refresh()
    assert [new is old for new, old in zip(after, before, strict=True)] == [run is not runs[5] for run in runs]


def test_very_many_runs_are_checked_in_turn(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "CHECKED_AT_ONCE", 4)
    runs = [ended(workspace) for _ in range(10)]
    watched = WorkspaceWatch(workspace)
    assert len(watched.refresh()) == 10
    for run in runs:
        run.set_name(f"name-{run.id[-4:]}")
    workspace.remove(runs[0])
    wait_until(lambda: all(line.name for line in watched.refresh()))
    assert len(watched.refresh()) == 9


def test_a_folder_counts_as_changed_again_once_it_has_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what happens within a step of a coarse clock isn't missed."""
    monkeypatch.setattr(watch, "COARSEST_SECONDS", 0.05)
    os.utime(tmp_path, (1e9, 1e9))
    time.sleep(0.1)
    folder = FolderWatch(tmp_path)
    assert [folder.has_changed(), folder.has_changed()] == [True, False], "an old one has settled"
    (tmp_path / "file").touch()
    assert folder.has_changed()
    time.sleep(0.1)
    assert [folder.has_changed(), folder.has_changed()] == [True, False]
    shutil.rmtree(tmp_path)
    assert folder.has_changed() and folder.has_changed(), "nothing is known of what isn't there"
