"""The heartbeat of a run: its status, written from a thread while it goes, and the requests of others, heard there."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from lazytui.errors import LazytuiError, shorten
from lazytui.files.writing import DiskFull
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import State, Status, own_process

_HEARTBEAT_SECONDS = 2.0


_LISTEN_SECONDS = 0.5


class Heartbeat:
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
        self._stop_beating()

    def _stop_beating(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def end(self, state: State, error: str | None = None) -> None:
        self._stop_beating()  # also where a signal has cut that short
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
