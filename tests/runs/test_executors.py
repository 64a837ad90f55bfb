"""Asking many runs: one that can't be asked is reported, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lazytui.runs.engines import local
from lazytui.runs.engines.local import LocalProcesses
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.execution import run_execution
from lazytui.runs.executors import pause_all, stop_all
from lazytui.runs.jobs import start_detached
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from tests.runs.test_pause import Listener


class _Ends(Listener):
    """Once it was reported that a run can't be asked, all have ended."""

    def __init__(self, *runs: RunFolder) -> None:
        super().__init__()
        self.runs = runs

    def note(self, text: str) -> None:
        super().note(text)
        for run in self.runs:
            run.set_status(Status(state="stopped", heartbeat=0.0))


@pytest.mark.parametrize("ask", [pause_all, stop_all])
def test_all_are_asked_though_one_cannot_be(tmp_path: Path, ask: Callable[..., None]) -> None:
    workspace = Workspace(tmp_path)
    whole, strange, other = (workspace.create("train", {}) for _ in range(3))
    (strange.path / "link").symlink_to("run.json")  # so nothing is written there
    listener = _Ends(strange, other)
    with run_execution(whole, workspace, listener) as report:
        ask([other, strange], report)
    assert (other.stop_file if ask is stop_all else other.pause_file).exists()
    (note,) = listener.notes
    assert note.startswith(f"{strange.id} can't be reached: ")


def test_a_run_that_another_process_has_begun_meanwhile_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by the processes that a study had started when it was killed."""
    workspace, listener = Workspace(tmp_path / "runs"), Listener()
    run, study = workspace.create("train", {}), workspace.create("study", {})
    starts: list[str] = []

    def begun_by_another(one: RunFolder, where: Workspace, **more: Any) -> None:
        starts.append(one.id)
        one.set_status(Status(state="done", heartbeat=0.0))
        start_detached(one, where, **more)

    monkeypatch.setattr(local, "start_detached", begun_by_another)
    with run_execution(study, workspace, listener) as report:
        EngineExecutor(LocalProcesses(1)).execute({"plain": run}, report, lambda _: "")
    assert starts == [run.id] and any(text.startswith("plain: done") for text in listener.notes)
