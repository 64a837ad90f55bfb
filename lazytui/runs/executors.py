"""Executors: they execute many runs; the one here in processes of this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Protocol

from lazytui.errors import Interrupted, LazytuiError, UsageError
from lazytui.runs.formatting import state_word
from lazytui.runs.jobs import AlreadyActive, request_pause, request_stop, start_detached, wake
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE, Status
from lazytui.system.cores import cores, thread_variables

_LOOK_EVERY = 0.2


class Executor(Protocol):
    """Executes runs, on this machine or elsewhere."""

    def execute(
        self,
        runs: Mapping[str, RunFolder],
        report: Report,
        summarize: Callable[[RunFolder], str],
        unit: str = "trainings",
    ) -> None:
        """Start or resume each run, by name, and return when all have ended; how is in their statuses.

        summarize: a few words on the result of a run that is done, for a note. unit: many of them, for the progress.
        Stopping or pausing `report` does so with the runs; raises Interrupted once they have stopped.
        """


class LocalProcesses:
    """Executes each run in a process of its own on this machine, several at a time, sharing the cores."""

    def __init__(self, at_a_time: int = 0) -> None:
        """at_a_time: 0 chooses: one a core, eight at most."""
        self._at_a_time = at_a_time or min(cores(), 8)

    def execute(
        self,
        runs: Mapping[str, RunFolder],
        report: Report,
        summarize: Callable[[RunFolder], str],
        unit: str = "trainings",
    ) -> None:
        names = {run.id: name for name, run in runs.items()}
        running = [run for run in runs.values() if run.status.state in {"running", "paused"}]
        waiting = [run for run in runs.values() if run.status.state != "done" and run not in running]
        while waiting or running:
            report.progress(len(runs) - len(waiting) - len(running), len(runs), unit)
            if report.must_stop():
                stop_all(running, report)
                raise Interrupted("Stopped; finished runs are kept, and the others have saved their progress.")
            if report.pausing:
                pause_all(running, report)
            while waiting and len(running) < self._at_a_time:
                run = waiting.pop(0)
                if run.status.state == "queued" and run.stop_file.exists():
                    run.set_status(Status(state="stopped", heartbeat=time.time()))
                    report.note(f"{names[run.id]}: {_describe_end(run, summarize)}")
                else:
                    running.append(self._start(run, report))
            time.sleep(_LOOK_EVERY)
            for ended in [run for run in running if run.status.state not in ACTIVE]:
                running.remove(ended)
                report.note(f"{names[ended.id]}: {_describe_end(ended, summarize)}")
        report.progress(len(runs), len(runs), unit)

    def _start(self, run: RunFolder, report: Report) -> RunFolder:
        with suppress(AlreadyActive):  # a process that somebody else had started, such as a study that was killed
            start_detached(run, report.workspace, environment=thread_variables(self._at_a_time))
        return run


def _describe_end(run: RunFolder, summarize: Callable[[RunFolder], str]) -> str:
    status = run.status
    words = summarize(run) if status.state == "done" else ""
    more = f", {words}" if words else f": {status.error}" if status.error else ""
    return f"{state_word(status)}{more} ({run.id})"


def stop_all(running: Iterable[RunFolder], report: Report) -> None:
    """Stop all runs and wait for it; requests that fail, as on a full disk, are repeated."""
    running = unasked = list(running)
    failures: set[str] = set()
    while any(run.status.state in ACTIVE for run in running):
        unasked = [run for run in unasked if not _request(request_stop, run, report, failures)]
        time.sleep(_LOOK_EVERY)


def pause_all(running: Iterable[RunFolder], report: Report) -> None:
    """Pause the runs for as long as `report` is paused."""
    running = list(running)
    failures: set[str] = set()
    for run in running:
        _request(request_pause, run, report, failures)
    report.wait_while_paused()
    for run in running:
        _request(wake, run, report, failures)


def _request(ask: Callable[[RunFolder], object], run: RunFolder, report: Report, noted: set[str]) -> bool:
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
