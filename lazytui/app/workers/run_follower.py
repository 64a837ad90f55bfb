"""Following run folders from a thread: what changed arrives as immutable snapshots, posted to the app."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from lazytui.runs.events import Event, EventReader
from lazytui.runs.metric_history import Columns, MetricHistory
from lazytui.runs.run_folder import RunFolder

AGES_EVERY = 15.0
"""Seconds after which lists update the ages of runs."""
_BATCH = 500
"""Events that are read without letting the event loop have its turn."""
_FIRST_LOOK = 2000


class RunWatch:
    """Reads what one run reports, from its beginning on, a bounded batch at a time.

    done, total: of its progress. rate: done a second, over the last ten seconds or so. note: the last that it said.
    behind: whether the last look may have left something to be read.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.done = 0
        self.total = 0
        self.rate = 0.0
        self.note = ""
        self.behind = False
        self._read = 0
        self._reader = EventReader(run.events)
        self._history = MetricHistory()
        self._progress: deque[tuple[float, int]] = deque(maxlen=10)

    def look(self) -> bool:
        """Take in what is new, as much as was read before at the most; whether there were metrics in it.

        So a long history is drawn early, and only a few times before all of it is read.
        """
        changed = False
        until = max(2 * self._read, _FIRST_LOOK)
        while self._read < until and (events := self._reader.read(_BATCH)):
            self._read += len(events)
            changed |= self._history.extend(events)
            for event in events:
                self._note_progress(event)
        self.behind = self._read >= until
        return changed

    def columns(self) -> Columns:
        return self._history.columns()

    def _note_progress(self, event: Event) -> None:
        if event["kind"] in {"resumed", "continued"}:  # whatever time went by before isn't time worked
            self._progress.clear()
        elif event["kind"] == "note":
            self.note = event["text"]
        elif event["kind"] == "progress":
            self.done, self.total = event["done"], event["total"]
            self._progress.append((event["time"], self.done))
            (began, before), (now, done) = self._progress[0], self._progress[-1]
            self.rate = (done - before) / (now - began) if now > began else 0.0


def keep_looking(look: Callable[[], bool | None], cancelled: Callable[[], bool], pause: Callable[[], object]) -> None:
    """Call `look`, and pause unless it returns True, again and again until cancelled; for a thread."""
    while not cancelled():
        if not look():
            pause()
