"""What a piece of work says of itself while it goes: to its event log, and to whoever listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from lazytui.errors import Interrupted
from lazytui.files.writing import DiskFull
from lazytui.runs.events import EventLog
from lazytui.runs.logs.base import Point, RunLog, defined
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace

_PROGRESS_EVERY = 1.0
_LOOK_EVERY = 0.1

ROOM_SECONDS = 60.0
"""How long work waits for a full disk to have room again."""

T = TypeVar("T")


class Narrator(Protocol):
    """Somebody who listens: a progress bar, a log line, nobody."""

    def progress(self, progress: Progress) -> None: ...

    def metrics(self, step: int, values: Mapping[str, float]) -> None: ...

    def note(self, text: str) -> None: ...

    def continued(self) -> None: ...


class SilentNarrator:
    """Nobody listens."""

    def progress(self, progress: Progress) -> None:
        pass

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def continued(self) -> None:
        pass


class Report:
    """Handed to the work. It also works the other way: it says when somebody asked the work to stop, or to wait.

    within: the report of the run that this one is a part of, as a chapter is of a story.
    shown_in: other programs that show its curves. left_out: metrics that aren't sent to these.
    """

    def __init__(
        self, run: RunFolder, workspace: Workspace, log: EventLog, narrator: Narrator, within: Report | None = None
    ) -> None:
        self.shown_in: Sequence[RunLog] = ()
        self.left_out: Collection[str] = ()
        self.run = run
        self.workspace = workspace
        self.narrator = narrator
        self.latest: Progress | None = None
        self._log = log
        self._within = within
        self._pause_asked = False
        self._waits = False
        self._waited = 0.0
        self._stop = threading.Event()
        self._logged = 0.0
        self._stop_reported = False

    @property
    def folder(self) -> Path:
        return self.run.path

    @property
    def stopping(self) -> bool:
        """Whether this run, or one around it, was asked to stop."""
        return any(report._stop.is_set() for report in self._and_those_around())

    @property
    def pausing(self) -> bool:
        """Whether the work should save what it has and wait."""
        return any(report._pause_asked for report in self._and_those_around())

    @property
    def paused(self) -> bool:
        """Whether this run was asked to wait, and its work, or that of a part of it, does."""
        return self._waits and self.pausing

    def request_stop(self) -> None:
        self._stop.set()

    def request_pause(self, requested: bool) -> None:
        self._pause_asked = requested

    def announce_stop(self) -> None:
        """Say once that a stop was asked for; not in the signal's handler, which may interrupt another print."""
        if self._stop.is_set() and not self._stop_reported:
            self._stop_reported = True
            self.narrator.note("stopping: saving progress (again: stop at once)")

    def must_stop(self) -> bool:
        """Whether the work should now save what it has and raise Interrupted; the person hears so first."""
        self.announce_stop()
        return self.stopping

    def check(self) -> None:
        """Wait while the run is paused, raise Interrupted when it should stop: for work that has nothing to save."""
        self.wait_while_paused()
        if self.must_stop():
            raise Interrupted("Stopped; completed work is kept.")

    def wait_while_paused(self, save: Callable[[], object] = lambda: None) -> None:
        """Go on at once, unless the run was asked to pause: then `save`, and wait until it may go on or has to stop."""
        paused_run = next((report.run.id for report in self._and_those_around() if report._pause_asked), None)
        if paused_run is None:
            return
        save()  # a run that is killed while it waits loses nothing
        self.note(f"paused; to continue: lazytui runs resume {paused_run}")
        with self._waiting():
            while self.pausing and not self.stopping:
                time.sleep(_LOOK_EVERY)
        if not self.stopping:
            self._record("continued")
            self.narrator.continued()

    def store(self, write: Callable[[], T]) -> T:
        """Do what writes into the run's folder; while the disk is full wait for room, unless the run should stop.

        Raises DiskFull where there is none for a minute.
        """
        until = time.monotonic() + ROOM_SECONDS
        noted = False
        while True:
            try:
                return write()
            except DiskFull as error:
                if self.stopping or time.monotonic() >= until:
                    raise
                if not noted:
                    self.narrator.note(f"{error} Waiting up to {ROOM_SECONDS:.0f} s for free space.")
                noted = True
            time.sleep(_LOOK_EVERY)

    def _record(self, kind: str, **fields: object) -> None:
        self.store(lambda: self._log.append(kind, **fields))

    def clock(self) -> float:
        """Seconds that go by while the work does; they stand still while it waits. Only differences mean something."""
        return time.monotonic() - self._waited

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        began = time.monotonic()
        for report in self._and_those_around():
            report._waits = True
        try:
            yield
        finally:
            for report in self._and_those_around():
                report._waits = False
                report._waited += time.monotonic() - began

    def _and_those_around(self) -> Iterator[Report]:
        report: Report | None = self
        while report is not None:
            yield report
            report = report._within

    def progress(self, done: int, total: int, unit: str) -> None:
        """Say how far it is. Cheap enough for every step: the log gets one line a second."""
        self.latest = Progress(done=done, total=total, unit=unit)
        self.narrator.progress(self.latest)
        self.announce_stop()
        now = time.monotonic()
        if now - self._logged >= _PROGRESS_EVERY or done == total:
            self._logged = now
            self._record("progress", done=done, total=total, unit=unit)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._record("metrics", step=step, values=values)
        self.narrator.metrics(step, values)
        for log in self.shown_in:
            log.point(Point(step, defined(values, self.left_out), time.time()))

    def resumed(self, step: int) -> None:
        """Say that the work goes on from `step`: what was logged of later steps is void."""
        self._record("resumed", step=step)
        for log in self.shown_in:
            log.void_after(step)
        self.narrator.note(f"resumed at step {step}")

    def note(self, text: str) -> None:
        self._record("note", text=text)
        self.narrator.note(text)
