"""Carrying a run in this process: claim, heartbeat, signals, and an end that is always written down."""

from __future__ import annotations

import logging
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from lazytui.diagnostics import describe_error, is_debugging
from lazytui.errors import Interrupted, LazytuiError, shorten
from lazytui.files.writing import DiskFull, storage_errors, write_atomic
from lazytui.runs.events import EventLog
from lazytui.runs.progress_report import Narrator, Report
from lazytui.runs.run_folder import RESUME_FILE, TRACEBACK_FILE, RunFolder
from lazytui.runs.status import State, Status, own_process
from lazytui.runs.workspace import Workspace
from lazytui.system.memory import OutOfMemory, is_memory_error

_log = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 2.0
_LISTEN_SECONDS = 0.5
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def run_execution(
    run: RunFolder, workspace: Workspace, narrator: Narrator, *, within: Report | None = None
) -> Iterator[Report]:
    """Everything inside the block is the run; its end, good or bad, is in status.json when the block is left.

    within: of the run that this one is a part of. Whoever stops or pauses that one means this one too.
    Raises LazytuiError as it came; any other error becomes one that names the file with its traceback.
    """
    with run.claim():
        _clear_up(run)
        log = EventLog(run.events)
        report = Report(run, workspace, log, narrator, within)
        _log.debug("begin %s", run.reference)
        pulse = _Heartbeat(run, report)
        try:
            with pulse, _signals_stop(report):
                yield report
            pulse.end("done")
            with suppress(OSError):
                (run.path / RESUME_FILE).unlink()  # not before: a kill while the result is measured must lose nothing
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


class _Heartbeat:
    """Writes status.json from a thread every other second, and as soon as the run waits or goes on.

    It also listens for the files by which others, on this host or another one, ask for a stop or a pause.
    """

    def __init__(self, run: RunFolder, report: Report) -> None:
        self._run = run
        self._report = report
        self._process = own_process()
        self._started = time.time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="heartbeat")

    def __enter__(self) -> None:
        self._run.set_status(self._status("running"))
        self._listen()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def end(self, state: State, error: str | None = None) -> None:
        status = self._status(state).model_copy(update={"ended": time.time(), "error": error and shorten(error)})
        try:
            try:
                self._run.set_status(status)
            except DiskFull:  # how a run ended and why is kept all the same
                self._run.overwrite_status(status)
        except LazytuiError:
            if state == "done":
                raise

    def _beat(self) -> None:
        written_state: State = "running"
        beat = time.monotonic()
        while not self._over.wait(_LISTEN_SECONDS):
            self._listen()
            state: State = "paused" if self._report.paused else "running"
            if state != written_state or time.monotonic() - beat >= _HEARTBEAT_SECONDS:
                written_state, beat = state, time.monotonic()
                with suppress(LazytuiError):  # a disk that is full for a while doesn't end the work
                    self._run.set_status(self._status(state))

    def _listen(self) -> None:
        with suppress(OSError):  # a folder that can't be looked into for a while doesn't end the listening
            if self._run.stop_file.exists():
                self._report.request_stop()
            self._report.request_pause(self._run.pause_file.exists())
        self._report.announce_stop()

    def _status(self, state: State) -> Status:
        fields = {"started": self._started, "progress": self._report.latest, **self._process}
        return Status.model_validate({"state": state, "heartbeat": time.time(), **fields})


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
