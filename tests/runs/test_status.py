"""Whether a run is alive: its very process, here or elsewhere, and what a damaged status says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.runs.jobs import request_stop
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import (
    STALE_SECONDS,
    Status,
    current_status,
    own_process,
    process_lives,
    read_status,
    write_status,
)
from lazytui.runs.workspace import Workspace
from tests.commands import wait_until


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def running(**fields: object) -> Status:
    return Status.model_validate({"state": "running", "heartbeat": time.time(), **fields})


def of_process(process: subprocess.Popen[bytes]) -> dict[str, object]:
    started = psutil.Process(process.pid).create_time()
    return {"host": socket.gethostname(), "pid": process.pid, "pid_started": started}


def test_a_run_is_interrupted_when_its_process_is_gone(sleeper: subprocess.Popen[bytes]) -> None:
    status = running(**of_process(sleeper))
    assert current_status(status).state == "running"
    sleeper.kill()
    wait_until(lambda: psutil.Process(sleeper.pid).status() == psutil.STATUS_ZOMBIE)
    assert current_status(status).state == "interrupted", "a process that only waits to be buried is dead"
    sleeper.wait()
    assert current_status(status).state == "interrupted", "however fresh its heartbeat is"


def test_a_pid_that_another_process_has_since_does_not_count(sleeper: subprocess.Popen[bytes]) -> None:
    reused = running(**{**of_process(sleeper), "pid_started": 1000.0})
    assert current_status(reused).state == "interrupted"
    unknown = running(**{**of_process(sleeper), "pid_started": None})
    assert current_status(unknown).state == "interrupted"


def test_a_stop_never_signals_a_process_that_only_a_file_names(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    run = RunFolder(tmp_path, tmp_path.name)
    for started in (None, 1000.0):
        run.set_status(running(**{**of_process(sleeper), "pid_started": started}))
        with pytest.raises(UsageError, match="it was interrupted"):
            request_stop(run)
    run.set_status(running(**{**of_process(sleeper), "host": "another-host"}))
    request_stop(run)
    assert run.stop_file.exists()
    assert process_lives(running(**of_process(sleeper)))
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(timeout=0)


def test_a_living_process_that_does_not_carry_the_run_is_never_signaled(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    """Whoever writes a status can name any process of this host, with its very start."""
    run = RunFolder(tmp_path, tmp_path.name)
    for state in ("running", "paused"):
        run.set_status(running(state=state, **of_process(sleeper)))
        assert run.status.state == "interrupted"
        with pytest.raises(UsageError, match="it was interrupted"):
            request_stop(run)
    run.set_status(running(state="queued", **of_process(sleeper)))
    request_stop(run)
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(timeout=0.2)


def test_the_process_that_holds_the_claim_carries_the_run(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    run = RunFolder(tmp_path, tmp_path.name)
    with run.claim():
        run.set_status(running(**own_process()))
        assert run.status.state == "running"
        assert run.is_claimed_by(os.getpid()) and not run.is_claimed_by(sleeper.pid)
    assert run.is_claimed_by(os.getpid()) is False
    assert run.status.state == "interrupted"


def test_a_run_elsewhere_lives_by_its_heartbeat() -> None:
    elsewhere = {"host": "another-host", "pid": os.getpid(), "pid_started": own_process()["pid_started"]}
    stale = running(**elsewhere, heartbeat=time.time() - STALE_SECONDS - 1)
    assert current_status(stale).state == "interrupted"
    assert current_status(stale.model_copy(update={"heartbeat": time.time()})).state == "running", (
        "a late beat revives it"
    )


def test_a_heartbeat_from_a_future_far_away_keeps_no_run_going(tmp_path: Path) -> None:
    run = Workspace(tmp_path).create("train", {})
    run.set_status(running(host="another-host", heartbeat=time.time() + STALE_SECONDS + 60))
    assert run.status.state == "interrupted"
    Workspace(tmp_path).remove(run)
    soon = running(host="another-host", heartbeat=time.time() + STALE_SECONDS / 2)
    assert current_status(soon).state == "running", "another host's clock may be ahead"


def test_a_queued_run_that_nobody_takes_up_is_interrupted_at_last() -> None:
    queued = Status(state="queued", heartbeat=time.time(), host=socket.gethostname())
    assert current_status(queued).state == "queued"
    late = queued.model_copy(update={"heartbeat": time.time() - STALE_SECONDS - 1})
    assert current_status(late).state == "interrupted"


def test_a_queued_run_of_a_process_that_is_not_ours_is_interrupted_at_last(sleeper: subprocess.Popen[bytes]) -> None:
    """Whoever writes a status can name any process: of init, a run could never be removed."""
    queued = running(state="queued", **of_process(sleeper))
    late = {"heartbeat": time.time() - STALE_SECONDS - 1}
    assert current_status(queued).state == "queued", "it may use lazytui as a library"
    assert current_status(queued.model_copy(update=late)).state == "interrupted"


@pytest.mark.parametrize("words", [["lazytui"], ["-P", "-m", "lazytui.analyses.core.worker_process"]])
def test_a_process_that_runs_lazytui_keeps_its_runs_queued(words: list[str]) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", *words])
    try:
        wait_until(psutil.Process(process.pid).cmdline)  # for a moment after it was started there is none
        queued = running(state="queued", **of_process(process), heartbeat=time.time() - STALE_SECONDS - 1)
        assert current_status(queued).state == "queued"
    finally:
        process.kill()
        process.wait()


def test_where_a_claim_cannot_be_looked_at_the_heartbeat_decides(sleeper: subprocess.Popen[bytes]) -> None:
    """As where the process is another user's."""
    status = running(**of_process(sleeper))
    late = status.model_copy(update={"heartbeat": time.time() - STALE_SECONDS - 1})
    assert (current_status(status).state, current_status(late).state) == ("running", "interrupted")


def test_a_claim_that_is_no_file_is_refused(tmp_path: Path) -> None:
    run = Workspace(tmp_path).create("train", {})
    os.mkfifo(run.path / ".claim")
    with pytest.raises(BadInput, match=r"\.claim can't be written: it is a pipe, not a file"), run.claim():
        pass


@pytest.mark.parametrize("state", ["done", "failed", "stopped"])
def test_an_ended_run_stays_as_it_ended(state: str) -> None:
    ended = Status.model_validate({"state": state, "heartbeat": 0.0, "pid": 2**22, "pid_started": 1.0})
    assert current_status(ended) == ended


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    status = running(**own_process(), progress={"done": 3, "total": 9, "unit": "steps"})
    write_status(tmp_path / "status.json", status)
    assert read_status(tmp_path / "status.json") == status
    assert [path.name for path in tmp_path.iterdir()] == ["status.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"state": "running"}',
        '{"state": "fine", "heartbeat": 1}',
        '{"state": "running", "heartbeat": NaN}',
        '{"state": "running", "heartbeat": 1, "pid": -1}',
        '{"state": "running", "heartbeat": 1, "pid": 99999999999999999999}',
        '{"state": "done", "heartbeat": 1, "progress": {"done": 1' + 400 * "0" + ', "total": 1, "unit": "x"}}',
        100_000 * "[",
    ],
    ids=range(11),
)
def test_a_damaged_status_shows_as_failed_and_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content)
    status = RunFolder(tmp_path, tmp_path.name).status
    assert (status.state, status.error) == ("failed", "status.json is missing or damaged")


def test_a_missing_status_shows_as_failed(tmp_path: Path) -> None:
    assert RunFolder(tmp_path, tmp_path.name).status.state == "failed"


def test_a_run_that_ends_between_two_looks_is_seen_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    """Its process says how it ended and lets go of it after its status was read."""

    class Ending(RunFolder):
        def is_claimed_by(self, pid: int) -> bool | None:
            self.set_status(Status(state="stopped", heartbeat=time.time()))
            return super().is_claimed_by(pid)

    run = Ending(tmp_path, tmp_path.name)
    run.set_status(running(**of_process(sleeper)))
    assert run.status.state == "stopped"
