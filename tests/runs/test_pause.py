"""Pausing a run from outside: it waits where it is, its clock stands still, and only what waits can be woken."""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from lazytui.errors import Interrupted, UsageError
from lazytui.runs.execution import run_execution
from lazytui.runs.formatting import state_word
from lazytui.runs.heartbeat import Heartbeat
from lazytui.runs.jobs import continue_run, request_pause, request_stop, wake
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress, Status, own_process
from lazytui.runs.workspace import Workspace
from tests.commands import read_events, state_of, wait_until


class Listener:
    """A narrator that remembers what was reported."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def progress(self, progress: Progress) -> None: ...
    def metrics(self, step: int, values: Mapping[str, float]) -> None: ...
    def note(self, text: str) -> None:
        self.notes.append(text)

    def continued(self) -> None:
        self.notes.append("continued")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


@pytest.fixture
def run(workspace: Workspace) -> RunFolder:
    return workspace.create("train", {})


@pytest.fixture
def outside() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Does something in a thread, as a person elsewhere would, while the test's own thread is the run."""
    threads: list[threading.Thread] = []

    def begin(act: Callable[[], object]) -> None:
        threads.append(threading.Thread(target=act))
        threads[-1].start()

    yield begin
    for thread in threads:
        thread.join()


def test_a_paused_run_waits_says_so_and_counts_only_the_time_it_worked(
    run: RunFolder, workspace: Workspace, outside: Callable[[Callable[[], object]], None]
) -> None:
    listener, asleep, saved = Listener(), 0.3, []

    def somebody() -> None:
        wait_until(lambda: state_of(run.path) == "paused")
        assert run.status.state == "paused", "its process lives"
        time.sleep(asleep)
        assert wake(run)

    with run_execution(run, workspace, listener) as report:
        worked, began = report.clock(), time.monotonic()
        report.wait_while_paused(lambda: saved.append("too early"))
        request_pause(run)
        with pytest.raises(UsageError, match=f"{run.id} is paused already"):
            request_pause(run)
        wait_until(lambda: report.pausing)
        outside(somebody)
        report.wait_while_paused(lambda: saved.append("once"))
        worked, passed = report.clock() - worked, time.monotonic() - began
    assert saved == ["once"]
    assert passed - worked >= asleep
    assert listener.notes == [f"paused; to continue: lazytui runs resume {run.id}", "continued"]
    assert "continued" in [event["kind"] for event in read_events(run.events)[0]]
    assert run.status.state == "done"


def test_a_run_stops_out_of_its_pause(
    run: RunFolder, workspace: Workspace, outside: Callable[[Callable[[], object]], None]
) -> None:
    def somebody() -> None:
        wait_until(lambda: state_of(run.path) == "paused")
        run.stop_file.touch()  # as from another host

    run.pause_file.touch()  # before it began, and it is obeyed
    outside(somebody)
    with pytest.raises(Interrupted), run_execution(run, workspace, Listener()) as report:
        report.check()
    assert run.status.state == "stopped"
    with pytest.raises(UsageError, match=f"{run.id} isn't running: it was stopped"):
        request_pause(run)
    with run_execution(run, workspace, Listener()) as report:
        report.check()  # what was asked of the process before is forgotten
    assert run.status.state == "done"


def test_who_pauses_or_stops_the_whole_means_the_part(
    run: RunFolder, workspace: Workspace, outside: Callable[[Callable[[], object]], None]
) -> None:
    part = workspace.create("train", {}, started_by=run.id)
    refusals = []

    def somebody() -> None:
        wait_until(lambda: state_of(run.path) == state_of(part.path) == "paused")
        with pytest.raises(UsageError, match=f"{part.id} is paused because {run.id} is; resume that run") as refused:
            continue_run(part, workspace)
        refusals.append(refused)
        continue_run(run, workspace)
        wait_until(lambda: state_of(run.path) == state_of(part.path) == "running")
        request_pause(part)
        wait_until(lambda: state_of(part.path) == "paused")
        assert run.status.state == "running", "it was asked nothing"
        run.stop_file.touch()

    with pytest.raises(Interrupted), run_execution(run, workspace, Listener()) as whole:
        request_pause(run)
        outside(somebody)
        with run_execution(part, workspace, Listener(), within=whole) as report:
            while True:
                report.check()
                time.sleep(0.01)
    assert len(refusals) == 1
    assert (run.status.state, part.status.state) == ("stopped", "stopped")


@pytest.mark.parametrize("state", ["done", "failed", "stopped", "queued"])
def test_what_does_not_go_can_neither_be_paused_nor_woken(run: RunFolder, state: str) -> None:
    run.set_status(Status.model_validate({"state": state, "heartbeat": time.time()}))
    with pytest.raises(UsageError, match=run.id):
        request_pause(run)
    assert not run.pause_file.exists()
    assert not wake(run)


def test_a_run_that_was_killed_while_it_waited_is_interrupted(run: RunFolder) -> None:
    gone = {**own_process(), "pid_started": 1.0}
    run.set_status(Status.model_validate({"state": "paused", "heartbeat": time.time(), **gone}))
    run.pause_file.touch()
    assert run.status.state == "interrupted"
    assert not wake(run), "there is nobody to wake"
    with pytest.raises(UsageError):
        request_stop(run)


def test_a_pause_shows_how_far_it_is() -> None:
    half = Progress(done=1, total=2, unit="steps")
    assert state_word(Status(state="paused", heartbeat=0.0, progress=half)) == "paused 50%"


def test_a_folder_that_cannot_be_looked_into_for_a_while_ends_nothing(
    run: RunFolder, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> bool:
        raise OSError(errno.ESTALE, "Stale file handle")

    with run_execution(run, workspace, Listener()) as report, monkeypatch.context() as away:
        away.setattr(Path, "exists", refuse)  # as a network's file system does
        Heartbeat(run, report)._listen()


def test_a_signal_that_comes_as_soon_as_a_run_says_that_it_runs_stops_it(
    run: RunFolder, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops a run signals its process once its status says `running`."""
    unheard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: unheard.append(number))
    write = RunFolder.set_status

    def write_and_be_stopped(own: RunFolder, status: Status) -> None:
        write(own, status)
        if status.state == "running":
            monkeypatch.setattr(RunFolder, "set_status", write)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(RunFolder, "set_status", write_and_be_stopped)
    try:
        with pytest.raises(Interrupted), run_execution(run, workspace, Listener()) as report:
            report.check()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not unheard and state_of(run.path) == "stopped"
