"""What a piece of work says of itself while it goes: to its event log, and to whoever listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from lazytui.errors import Interrupted
from lazytui.runs.events import EventLog
from lazytui.runs.folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace

_PROGRESS_EVERY = 1.0


class Narrator(Protocol):
    """Somebody who listens: a progress bar, a log line, nobody."""

    def progress(self, progress: Progress) -> None: ...

    def metrics(self, step: int, values: Mapping[str, float]) -> None: ...

    def note(self, text: str) -> None: ...


class Report:
    """Handed to the work. It also carries the other direction: that somebody asked the work to stop."""

    def __init__(self, run: RunFolder, workspace: Workspace, log: EventLog, narrator: Narrator) -> None:
        self.run = run
        self.workspace = workspace
        self.narrator = narrator
        self.latest: Progress | None = None
        self._log = log
        self._stop = threading.Event()
        self._logged = 0.0
        self._stop_told = False

    @property
    def folder(self) -> Path:
        return self.run.path

    @property
    def stopping(self) -> bool:
        """Whether the work should save what it has and raise Interrupted."""
        return self._stop.is_set()

    def request_stop(self) -> None:
        self._stop.set()

    def tell_stop(self) -> None:
        """Say once that a stop was asked for; not in the signal's handler, which may interrupt another print."""
        if self.stopping and not self._stop_told:
            self._stop_told = True
            self.narrator.note("stopping: saving what there is (once more stops at once)")

    def check(self) -> None:
        """Raise Interrupted when the work should stop: for work that has nothing to save."""
        if self.stopping:
            raise Interrupted("Stopped; what was done is kept.")

    def progress(self, done: int, total: int, unit: str) -> None:
        """Say how far it is. Cheap enough for every step: the log gets one line a second."""
        self.latest = Progress(done=done, total=total, unit=unit)
        self.narrator.progress(self.latest)
        self.tell_stop()
        now = time.monotonic()
        if now - self._logged >= _PROGRESS_EVERY or done == total:
            self._logged = now
            self._log.append("progress", done=done, total=total, unit=unit)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._log.append("metrics", step=step, values=values)
        self.narrator.metrics(step, values)

    def resumed(self, step: int) -> None:
        """Say that the work goes on from `step`: what was logged of later steps is void."""
        self._log.append("resumed", step=step)
        self.narrator.note(f"resumed at step {step}")

    def note(self, text: str) -> None:
        self._log.append("note", text=text)
        self.narrator.note(text)
