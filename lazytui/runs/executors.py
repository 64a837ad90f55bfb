"""Who carries many runs to their ends: an executor. The one here does it in processes of this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from lazytui.errors import Interrupted, LazytuiError, UsageError
from lazytui.runs.formatting import state_word
from lazytui.runs.jobs import request_pause, request_stop, start_detached, wake
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE, Status
from lazytui.system.cores import cores

_LOOK_EVERY = 0.2


class Executor(Protocol):
    """Brings runs to an end, wherever that is."""

    def execute(self, runs: Mapping[str, RunFolder], report: Report, summarize: Callable[[RunFolder], str]) -> None:
        """Start or go on with each run, by name, and return when none of them goes on any more.

        found: what a run that is done has found, in a few words, to be told as soon as it is.
        How each ended is in its status: one that fails ends nothing but itself. Whoever stops or pauses `report` means
        the runs too; Raises Interrupted once they have stopped.
        """


class LocalProcesses:
    """Each run in a process of its own on this machine, so many at a time, each with its share of the cores."""

    def __init__(self, at_a_time: int = 0) -> None:
        """at_a_time: 0 chooses: one a core, eight at most."""
        self._at_a_time = at_a_time or min(cores(), 8)

    def execute(self, runs: Mapping[str, RunFolder], report: Report, summarize: Callable[[RunFolder], str]) -> None:
        names = {run.id: name for name, run in runs.items()}
        going = [run for run in runs.values() if run.status.state in {"running", "paused"}]
        waiting = [run for run in runs.values() if run.status.state != "done" and run not in going]
        while waiting or going:
            report.progress(len(runs) - len(waiting) - len(going), len(runs), "trainings")
            if report.must_stop():
                stop_all(going, report)
                raise Interrupted("Stopped; finished runs are kept, and the others have saved their progress.")
            if report.pausing:
                pause_all(going, report)
            while waiting and len(going) < self._at_a_time:
                run = waiting.pop(0)
                if run.status.state == "queued" and run.stop_file.exists():
                    run.set_status(Status(state="stopped", heartbeat=time.time()))
                    report.note(f"{names[run.id]}: {_describe_end(run, summarize)}")
                else:
                    going.append(self._start(run, report))
            time.sleep(_LOOK_EVERY)
            for ended in [run for run in going if run.status.state not in ACTIVE]:
                going.remove(ended)
                report.note(f"{names[ended.id]}: {_describe_end(ended, summarize)}")
        report.progress(len(runs), len(runs), "trainings")

    def _start(self, run: RunFolder, report: Report) -> RunFolder:
        threads = os.environ.get("OMP_NUM_THREADS") or str(max(cores() // self._at_a_time, 1))
        start_detached(run, report.workspace, environment={"OMP_NUM_THREADS": threads})
        return run


def _describe_end(run: RunFolder, summarize: Callable[[RunFolder], str]) -> str:
    status = run.status
    more = f", {summarize(run)}" if status.state == "done" else f": {status.error}" if status.error else ""
    return f"{state_word(status)}{more} ({run.id})"


def stop_all(going: Iterable[RunFolder], report: Report) -> None:
    """Ask all to stop, and wait until they have; who can't be asked now, as on a full disk, is asked again."""
    going = unasked = list(going)
    noted: set[str] = set()
    while any(run.status.state in ACTIVE for run in going):
        unasked = [run for run in unasked if not _request(request_stop, run, report, noted)]
        time.sleep(_LOOK_EVERY)


def pause_all(going: Iterable[RunFolder], report: Report) -> None:
    """Let the runs wait for as long as their whole waits."""
    going = list(going)
    noted: set[str] = set()
    for run in going:
        _request(request_pause, run, report, noted)
    report.wait_while_paused()
    for run in going:
        _request(wake, run, report, noted)


def _request(ask: Callable[[RunFolder], object], run: RunFolder, report: Report, noted: set[str]) -> bool:
    """Ask a run; whether that could be done, or nothing is to be asked of it any more. told: of which it was said."""
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
