"""Trainings that are forked where torch is loaded already: killed, stopped and exact as processes of their own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lazytui.analyses.core import execute
from lazytui.analyses.core.execute import recorded_params
from lazytui.cli.fork_server_process import _is_alone
from lazytui.runs.engines import fork_server
from lazytui.runs.engines.fork_server import ForkServer, can_fork
from lazytui.runs.engines.local import LocalProcesses
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.execution import run_execution
from lazytui.runs.jobs import start_detached
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import Lab, last_step, wait_until
from tests.conftest import FinishedTraining
from tests.runs.test_pause import Listener
from tests.training.same import assert_same_training

pytestmark = pytest.mark.skipif(not can_fork(), reason="torch can be forked on Linux only")


class _Remembering(LocalProcesses):
    """Keeps its server in sight."""

    server: ForkServer

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        submitted = super().submit(runs, workspace)
        launch: Any = self._launch
        self.server = launch.__self__
        return submitted

    @property
    def server_pid(self) -> int:
        assert self.server._process is not None
        return self.server._process.pid


def test_of_two_forked_trainings_one_is_killed_and_ends_the_same_and_one_is_stopped(
    lab: Lab, finished_training: FinishedTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is killed, too, so that another one forks what goes on."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    workspace, listener = Workspace(lab.workspace), Listener()
    reference: Any = recorded_params(RunFolder(finished_training.folder, ""))
    asked = reference.model_copy(update={"checkpoint_seconds": 0.0})
    long = asked.model_copy(update={"epochs": 10_000, "method": "focal", "gamma": 2.0})
    killed, stopped = (execute.create("train", params, workspace) for params in (asked, long))
    study = workspace.create("study", {})
    engine = _Remembering(2)

    def do_work() -> None:
        with run_execution(study, workspace, listener) as report:
            EngineExecutor(engine).execute({"long": stopped, "short": killed}, report, lambda _: "")

    loop = threading.Thread(target=do_work)
    loop.start()
    wait_until(lambda: last_step(killed.path) >= 20 and last_step(stopped.path) >= 1)
    first, other = killed.status.pid, stopped.status.pid
    assert first and other
    assert {os.getsid(first), os.getsid(other), os.getpid(), engine.server_pid} >= {first, other}
    assert killed.is_claimed_by(first) and stopped.is_claimed_by(other)
    assert not killed.is_claimed_by(other) and not stopped.is_claimed_by(first)
    assert not stopped.is_claimed_by(engine.server_pid)

    server = engine.server_pid
    os.kill(server, signal.SIGKILL)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: killed.status.pid not in {None, first} and last_step(killed.path) > 20)
    assert engine.server_pid != server and stopped.status.state == "running"
    assert lab.call("runs", "stop", stopped.id).code == 0
    loop.join()
    assert (killed.status.state, stopped.status.state) == ("done", "stopped")
    assert_same_training(killed.path, finished_training.folder)
    ours, theirs = (folder / "model.safetensors" for folder in (killed.path, finished_training.folder))
    assert ours.read_bytes() == theirs.read_bytes()
    assert "short: local ended its job; submitted again (1 of 2 without progress)" in listener.notes
    assert any(text.startswith("long: stopped") for text in listener.notes)
    wait_until(lambda: f"{killed.id}: done" in (killed.path / "output.log").read_text())


def test_what_cannot_be_forked_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a server of which nothing can be loaded; after three in a row none is begun any more."""
    workspace, begun, started = Workspace(tmp_path), list[str](), list[str]()
    begin = ForkServer._begin
    monkeypatch.setattr(fork_server, "MODULE", "lazytui.cli.there_is_no_such_module")
    monkeypatch.setattr(ForkServer, "_begin", lambda self: begun.append("") or begin(self))  # type: ignore[func-returns-value]

    def start(run: RunFolder, _workspace: Workspace, _environment: Mapping[str, str]) -> int:
        started.append(run.id)
        return os.getpid()

    monkeypatch.setattr(fork_server, "start_process", start)
    server = ForkServer({})
    runs = [workspace.create("train", {}) for _ in range(5)]
    for run in runs:
        start_detached(run, workspace, launch=server.start)
    assert started == [run.id for run in runs] and len(begun) == 3


def test_a_process_with_a_second_thread_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other thread wouldn't be there in the copy, with whatever it holds."""
    monkeypatch.setattr("lazytui.cli.fork_server_process._ALONE_SECONDS", 0.0)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert not _is_alone()
    finally:
        end.set()
        thread.join()
