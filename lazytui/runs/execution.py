"""Executing a run in this process: claim, heartbeat, signals, and an end that is always written down."""

from __future__ import annotations

import logging
import signal
import threading
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from lazytui.diagnostics import describe_error, is_debugging
from lazytui.errors import Interrupted, LazytuiError
from lazytui.files.writing import storage_errors, write_atomic
from lazytui.runs.events import EventLog
from lazytui.runs.heartbeat import Heartbeat
from lazytui.runs.logs.choice import is_withheld, open_logs
from lazytui.runs.progress_report import Narrator, Report
from lazytui.runs.run_folder import IMAGES_FILE, RESUME_FILE, TRACEBACK_FILE, RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.system.memory import OutOfMemory, is_memory_error

_log = logging.getLogger(__name__)

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def run_execution(
    run: RunFolder,
    workspace: Workspace,
    narrator: Narrator,
    *,
    within: Report | None = None,
    left_out: Collection[str] = (),
) -> Iterator[Report]:
    """Everything inside the block is the run; its end, good or bad, is in status.json when the block is left.

    within: of the run that this one is a part of. Whoever stops or pauses that one means this one too.
    left_out: metrics that aren't sent to other programs.
    Raises LazytuiError as it came; any other error becomes one that names the file with its traceback.
    """
    with run.claim():
        _clear_up(run)
        log = EventLog(run.events)
        report = Report(run, workspace, log, narrator, within)
        _log.debug("begin %s", run.reference)
        pulse = Heartbeat(run, report)
        try:
            with _signals_stop(report), pulse, _shown(report, left_out):  # who reads that it runs may send it a signal
                yield report
            pulse.end("done")
            for file in (RESUME_FILE, IMAGES_FILE):  # a kill while the result is measured must lose nothing
                with suppress(OSError):
                    (run.path / file).unlink()
        except Interrupted as error:
            pulse.end("stopped", str(error))
            raise
        except LazytuiError as error:
            pulse.end("failed", str(error))
            raise
        except (Exception, SystemExit) as error:  # whatever it is, how the run ended is written down
            with suppress(LazytuiError):
                write_atomic(run.path / TRACEBACK_FILE, traceback.format_exc().encode(errors="replace"))
            sentence = str(OutOfMemory("go on")) if is_memory_error(error) else describe_error(error)
            pulse.end("failed", sentence)
            if is_debugging():
                raise
            raise LazytuiError(f"{sentence.rstrip('.')}; traceback in {run.path / TRACEBACK_FILE}") from error
        finally:
            _log.debug("end %s", run.reference)
            log.close()


@contextmanager
def _shown(report: Report, left_out: Collection[str]) -> Iterator[None]:
    """Within the block, the run is logged to other programs that show it."""
    report.left_out, report.shown_in = left_out, open_logs(report.run, left_out)
    if is_withheld(report.run):
        report.note("Nothing is sent to W&B: a setting in the run's folder isn't enough. Ask for it: --log wandb")
    try:
        yield
    finally:
        for log in report.shown_in:
            log.close()


def _clear_up(run: RunFolder) -> None:
    """Remove what a killed process may have left: half-written files, and a stop or pause that it was asked for.

    A run that has only been queued obeys what it was asked before it began.
    """
    with storage_errors(run.path):
        for left in run.path.glob(".*.tmp"):
            left.unlink(missing_ok=True)
        if run.status.state != "queued":
            run.stop_file.unlink(missing_ok=True)
            run.pause_file.unlink(missing_ok=True)


@contextmanager
def _signals_stop(report: Report) -> Iterator[None]:
    """SIGINT, SIGTERM and a hang-up ask the work to stop cleanly; a second one stops it where it is.

    Signals that are ignored stay so: `nohup` means it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    requested = False

    def ask(_signum: int, _frame: FrameType | None) -> None:
        nonlocal requested
        if requested:
            raise Interrupted("Stopped at once; everything up to the last checkpoint is kept.")
        requested = True
        report.request_stop()

    handled = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ask) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
