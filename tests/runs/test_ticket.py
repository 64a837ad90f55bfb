"""Tickets: what keeps a queued run waiting, and what a file of unknown origin may say of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lazytui.runs.formatting import state_word
from lazytui.runs.jobs import AlreadyActive, require_in_no_queue, start_detached
from lazytui.runs.run_folder import TICKET_FILE, RunFolder
from lazytui.runs.status import STALE_SECONDS, Status
from lazytui.runs.ticket import new_ticket
from lazytui.runs.workspace import Workspace


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """In a queue since long ago."""
    run = Workspace(tmp_path / "runs").create("train", {})
    run.set_ticket(new_ticket("slurm", "lazytui-k3f9x2_3").model_copy(update={"job": "4711_3"}))
    run.set_status(Status(state="queued", heartbeat=STALE_SECONDS))
    return run


def test_a_run_in_a_queue_waits_however_long_it_takes(run: RunFolder) -> None:
    assert run.status.state == "queued" and state_word(run.status, run.ticket) == "queued (slurm 4711_3)"
    run.remove_ticket()
    assert run.status.state == "interrupted"


def test_it_is_executed_by_nobody_but_its_job(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        AlreadyActive, match=r"waits in a queue \(slurm 4711_3\); to remove it from there: lazytui runs stop"
    ):
        start_detached(run, Workspace(run.path.parent))
    monkeypatch.setenv("LAZYTUI_TICKET", "lazytui-k3f9x2_3")
    require_in_no_queue(run)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"engine": "slurm", "name": "a b", "submitted": 1}',
        '{"engine": "slurm", "name": "--all", "submitted": 1}',
        '{"engine": "slurm", "name": "x", "job": "1\\u001b[31m", "submitted": 1}',
        '{"engine": "slurm", "name": "x", "submitted": NaN}',
        '{"engine": "slurm", "name": "x", "submitted": 1' + 5000 * " " + "}",
    ],
    ids=range(8),
)
def test_a_damaged_ticket_keeps_nothing_waiting(run: RunFolder, content: str) -> None:
    (run.path / TICKET_FILE).write_text(content)
    assert run.ticket is None and run.status.state == "interrupted"


def test_what_is_no_file_is_no_ticket(run: RunFolder) -> None:
    run.remove_ticket()
    os.mkfifo(run.path / TICKET_FILE)
    assert run.ticket is None
