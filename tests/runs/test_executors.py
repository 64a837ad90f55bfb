"""Asking many runs: one that can't be asked is told of, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lazytui.runs.execution import run_execution
from lazytui.runs.executors import pause_all, stop_all
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from tests.runs.test_pause import Listener


class _Ends(Listener):
    """Once it was told that a run can't be asked, all have ended."""

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
    (told,) = listener.told
    assert told.startswith(f"{strange.id} can't be reached: ")
