"""Following run folders from a thread: what changed arrives as immutable snapshots, posted to the app."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lazytui.errors import BadInput
from lazytui.runs.events import Event, EventReader
from lazytui.runs.folder import RunFolder
from lazytui.runs.history import Columns, MetricHistory
from lazytui.runs.result import read_metrics
from lazytui.runs.status import GOING, Status
from lazytui.runs.words import accuracies, age, state_word
from lazytui.runs.workspace import Workspace

POLL_SECONDS = 0.5
POLL_SECONDS_ON_A_SLOW_LINK = 2.0
AGES_EVERY = 15.0
"""Seconds after which lists tell the ages of runs anew."""
_BATCH = 500
"""Events that are read without letting the event loop have its turn."""
_FIRST_LOOK = 2000


@dataclass(frozen=True)
class RunLine:
    """One run as a list shows it. metrics: of its result; empty before there is one. seed: None where it has none."""

    run: RunFolder
    kind: str
    name: str | None
    created: float
    status: Status
    metrics: dict[str, float | None]
    seed: int | None = None
    damage: str = ""
    """Why its record can't be read, in a sentence."""

    @property
    def going(self) -> bool:
        return self.status.state in GOING

    @property
    def state(self) -> str:
        """In a word or two."""
        return "damaged" if self.damage else state_word(self.status)

    @property
    def about(self) -> str:
        """What tells it from others: `mine · seed 1 · easy 98.4%, hard 97.0% · 3 min`; its state if it isn't done."""
        state = "" if self.state == "done" else self.state
        seed = "" if self.seed is None else f"seed {self.seed}"
        return " · ".join(filter(None, (self.name, state, seed, accuracies(self.metrics), age(self.created))))


class WorkspaceWatch:
    """Looks at every run of a workspace again and again; reads a run's files only when they changed.

    trouble: why the last look found nothing, in a sentence, where that isn't because nothing is there yet.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.trouble = ""
        self._workspace = workspace
        self._was_there = False
        self._seen: dict[Path, tuple[tuple[int, ...], RunLine]] = {}

    def look(self) -> tuple[RunLine, ...]:
        """The runs as they are now, oldest first."""
        self.trouble = self._trouble()
        self._seen = {run.path: self._line(run) for run in self._workspace.runs()}
        return tuple(line for _, line in self._seen.values())

    def _trouble(self) -> str:
        path = self._workspace.path
        try:
            next(path.iterdir(), None)
        except FileNotFoundError:
            gone = f"The workspace {path} isn't there any more. Its runs are shown again as soon as it is back."
            return gone if self._was_there else ""
        except OSError as error:
            return f"The workspace {path} can't be read: {error.strerror}."
        self._was_there = True
        return ""

    def _line(self, run: RunFolder) -> tuple[tuple[int, ...], RunLine]:
        stamps = tuple(_stamp(run.path / file) for file in ("status.json", "result.json", "name"))
        known = self._seen.get(run.path)
        if known and known[0] == stamps and not known[1].going:
            return known
        return stamps, run_line(run)


def run_line(run: RunFolder) -> RunLine:
    try:
        kind, created, seed, damage = run.record.kind, run.record.created, run.record.params.get("seed"), ""
    except BadInput as error:
        kind, created, seed, damage = "?", 0.0, None, str(error)
    seed = seed if isinstance(seed, int) else None
    return RunLine(run, kind, run.name, created, run.status, read_metrics(run.path), seed, damage)


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


def keep_looking(look: Callable[[], bool | None], cancelled: Callable[[], bool], seconds: float) -> None:
    """Call `look` every so many seconds, or at once again when it says so, until cancelled; for a thread."""
    while not cancelled():
        if not look():
            time.sleep(seconds)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
