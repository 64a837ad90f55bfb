"""Runs of every analysis to be damaged, and how long that is done.

`LAZYTUI_FUZZ=long python -m pytest -n0 -s tests/fuzz/test_run_folders.py` goes on for twenty minutes, with other cases
each time, in a process that never loads torch, whose memory is measured. LAZYTUI_FUZZ_MINUTES: how long otherwise.
LAZYTUI_FUZZ_RUNS: a workspace whose finished runs are damaged (copies of them), instead of new ones.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from lazytui.runs.workspace import Workspace, shipped_runs
from tests.commands import Lab
from tests.conftest import COMMANDS

LONG = os.environ.get("LAZYTUI_FUZZ") == "long"
WORKSPACE = os.environ.get("LAZYTUI_FUZZ_RUNS")
MINUTES = float(os.environ.get("LAZYTUI_FUZZ_MINUTES", "20"))

HANG_SECONDS = 10
"""Of this process' own time, so that a busy machine makes no test fail."""

MOST_MEMORY = 2**30

AGAINST = {
    "evaluate": ("reference", "--against", "shipped/lazy-strokes", "--cell", "1,0"),
    "gradcam": ("reference", "--against", "shipped/lazy-strokes", "--images", "20", "--checked", "5"),
}
"""Two networks in one result."""


@pytest.fixture(scope="session")
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Finished runs of every analysis, and some that the package ships; copies of these are damaged."""
    shipped = [run.path for run in shipped_runs() if run.id in {"lazy-mnist", "sae-lazy-mnist"}]
    if WORKSPACE:
        return [run.path for run in Workspace(Path(WORKSPACE)).readable_runs() if run.has_result] + shipped
    lab = Lab(tmp_path_factory.mktemp("seeds"))
    shutil.copytree(request.getfixturevalue("finished_training").lab.workspace, lab.workspace)
    run = lab.run if LONG else lab.call  # in processes of their own, so that this one stays small
    commands = [*(COMMANDS.items() if LONG else ()), *AGAINST.items()]
    own = [lab.workspace / run("run", kind, *options, "--json").json["run"] for kind, options in commands]
    return [*own, *(() if LONG else request.getfixturevalue("every_run").values()), *shipped]


class Hung(BaseException):
    """Not an Exception, so that nobody takes it for bad input."""


@contextmanager
def bounded() -> Iterator[None]:
    """Raise Hung where the block takes more than its time."""

    def hung(_signum: int, _frame: FrameType | None) -> None:
        raise Hung(f"over {HANG_SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, hung)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def peak_memory() -> int:
    """The most that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
