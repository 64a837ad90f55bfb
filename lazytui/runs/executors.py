"""Executors: they execute many runs; `runs/engines` has the one that does, here and elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from lazytui.errors import LazytuiError, UsageError
from lazytui.runs.jobs import request_pause, request_stop, wake
from lazytui.runs.progress_report import Narrator, SilentNarrator
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace

_LOOK_EVERY = 0.2


class Overseer(Protocol):
    """Whoever has runs executed, and may stop or pause them: the report of a run that they are parts of, or a person's
    command."""

    workspace: Workspace
    narrator: Narrator

    @property
    def pausing(self) -> bool: ...
    def must_stop(self) -> bool: ...
    def wait_while_paused(self) -> None: ...
    def progress(self, done: int, total: int, unit: str) -> None: ...
    def note(self, text: str) -> None: ...


class Nobody:
    """An overseer of runs that nobody waits for."""

    pausing = False

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.narrator: Narrator = SilentNarrator()

    def must_stop(self) -> bool:
        return False

    def wait_while_paused(self) -> None:
        pass

    def progress(self, done: int, total: int, unit: str) -> None:
        pass

    def note(self, text: str) -> None:
        pass


class Executor(Protocol):
    """Executes runs, on this machine or elsewhere."""

    def execute(
        self,
        runs: Mapping[str, RunFolder],
        report: Overseer,
        summarize: Callable[[RunFolder], str],
        unit: str = "trainings",
    ) -> None:
        """Start or resume each run, by name, and return when all have ended; how is in their statuses.

        summarize: a few words on the result of a run that is done, for a note. unit: many of them, for the progress.
        Stopping or pausing `report` does so with the runs; raises Interrupted once they have stopped.
        """


def stop_all(running: Iterable[RunFolder], report: Overseer) -> None:
    """Stop all runs and wait for it; requests that fail, as on a full disk, are repeated."""
    running = unasked = list(running)
    failures: set[str] = set()
    while any(run.status.state in ACTIVE for run in running):
        unasked = [run for run in unasked if not request(request_stop, run, report, failures)]
        time.sleep(_LOOK_EVERY)


def pause_all(running: Iterable[RunFolder], report: Overseer) -> None:
    """Pause the runs for as long as `report` is paused."""
    running = list(running)
    failures: set[str] = set()
    for run in running:
        request(request_pause, run, report, failures)
    report.wait_while_paused()
    for run in running:
        request(wake, run, report, failures)


def request(ask: Callable[[RunFolder], object], run: RunFolder, report: Overseer, noted: set[str]) -> bool:
    """Whether the request was made or isn't needed any more. noted: runs whose failure was noted."""
    try:
        ask(run)
    except UsageError:  # it has ended meanwhile, or waits already
        return True
    except LazytuiError as error:
        if run.id not in noted:
            noted.add(run.id)
            report.narrator.note(f"{run.id} can't be reached: {error}")
        return False
    return True
