"""Workers: whatever comes through the pipe or happens to the process, the end of a run is heard once."""

from __future__ import annotations

import io
import json
import queue
import threading
from pathlib import Path

import pytest

from lazytui.analyses.core import worker_process as worker
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.worker_pool import OVER, WorkerReport, _Worker
from lazytui.runs.workspace import Workspace


class _Deaf(_Worker):
    """A worker without a process."""

    def __init__(self, run: RunFolder) -> None:
        self.heard: queue.SimpleQueue[WorkerReport] = queue.SimpleQueue()
        super().__init__((), {}, Path(), self.heard)
        self._run = run

    def _start(self) -> None:
        """There is none."""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return Workspace(tmp_path / "runs").create("train", {})


@pytest.mark.parametrize(
    "torn",
    [b'{"kind": "no', b"\xff\xfe\n", b"Welcome to a module!\n", b'"kind"\n', b"3\n", b"[" * 100_000 + b"\n"],
    ids=["torn", "no text", "words", "a string", "a number", "deep"],
)
def test_what_is_no_report_is_skipped_and_the_end_is_heard(run: RunFolder, torn: bytes) -> None:
    deaf = _Deaf(run)
    deaf._listen(io.BytesIO(b'{"kind": "note", "text": "a"}\n' + torn))
    assert deaf.heard.get_nowait() == (run.id, {"kind": "note", "text": "a"})
    assert deaf.heard.get_nowait() == (run.id, {"kind": OVER})
    assert deaf.heard.empty() and deaf.is_free


def test_what_a_worker_says_comes_through_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a signal comes while a pipe takes it: then a part is taken."""
    taken = []

    class Pipe:
        def write(self, line: bytes) -> int:
            taken.append(line[:100])
            return len(taken[-1])

    monkeypatch.setattr(worker, "_OUT", Pipe())
    worker._write_line("note", text="x" * 10_000)
    assert json.loads(b"".join(taken)) == {"kind": "note", "text": "x" * 10_000}


def test_no_run_is_begun_for_who_is_gone(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone right after having asked for it, before anything was carried that could be stopped."""
    asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    carrying, alone = threading.Event(), threading.Event()
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(str(run.path)) + "\n"))
    worker._listen(asked, carrying, alone)
    worker._execute_requested(Workspace(run.path.parent), asked, carrying, alone)
    assert run.status.state == "queued" and not run.events.exists()


def test_the_end_is_heard_once(run: RunFolder) -> None:
    deaf = _Deaf(run)
    deaf._listen(io.BytesIO(b'{"kind": "over"}\n{"kind": "over"}\n'))
    assert deaf.heard.get_nowait() == (run.id, {"kind": OVER}) and deaf.heard.empty()
