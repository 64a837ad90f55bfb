"""Chapters side by side: each is executed as soon as those that it needs are done and a worker is free."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lazytui.code_permission import code_in
from lazytui.errors import Interrupted, LazytuiError
from lazytui.runs.executors import pause_all, stop_all
from lazytui.runs.locks import AlreadyLocked
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import OUTPUT_FILE, RunFolder
from lazytui.runs.status import Progress, Status
from lazytui.runs.worker_pool import OVER, Workers
from lazytui.system.cores import cores

_AT_A_TIME = 3
"""Chapters at most that are executed side by side; they share the cores."""

_LOOK_EVERY = 0.1
_LOOK_ELSEWHERE_EVERY = 1.0
"""Seconds between looks at a run that another process executes."""


@dataclass(frozen=True)
class Part:
    """needs: names of parts that have to be done before. turn: which is begun first, of those that can be.

    run_of: its run, given the references of the runs that are done, by name: a new one, or that of an earlier try.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    turn: int
    run_of: Callable[[Mapping[str, str]], RunFolder]


def run_chapters(parts: Sequence[Part], report: Report) -> dict[str, RunFolder]:
    """The finished run of each part, by name, in order. Raises LazytuiError where one doesn't end well.

    Whoever stops or pauses `report` means the parts too.
    """
    count, code = min(cores(), _AT_A_TIME), code_in(report.run.record.params)
    with Workers(count, report.workspace, report.folder / OUTPUT_FILE, code) as workers:
        return _SideBySide(parts, report, workers).run_chapters()


class _SideBySide:
    def __init__(self, parts: Sequence[Part], report: Report, workers: Workers) -> None:
        self._parts, self._report, self._workers = parts, report, workers
        self._done: dict[str, RunFolder] = {}
        self._going: dict[str, RunFolder] = {}
        self._runs: dict[str, RunFolder] = {}
        self._elsewhere: dict[str, float] = {}  # when to look again at what another process executes, by part
        self._narration = _InOrder(parts, report)

    def run_chapters(self) -> dict[str, RunFolder]:
        report = self._report
        self._count()
        while len(self._done) < len(self._parts):
            if report.must_stop():
                stop_all(self._going.values(), report)
                raise Interrupted("Stopped; completed work is kept.")
            if report.pausing:
                pause_all(self._going.values(), report)
                self._listen(aloud=False)  # each has named itself as what is paused
            self._begin()
            time.sleep(_LOOK_EVERY)
            self._listen()
        return {part.name: self._done[part.name] for part in self._parts}

    def _count(self) -> None:
        self._report.progress(len(self._done), len(self._parts), "chapters")

    def _begin(self) -> None:
        """Give the free workers what can be begun."""
        for part in sorted(self._parts, key=lambda part: part.turn):
            if self._workers.are_busy():
                return
            if part.name not in self._done and part.name not in self._going and self._is_ready(part):
                self._execute(part, self._run_of(part))

    def _is_ready(self, part: Part) -> bool:
        there = {part.name for part in self._parts}
        waits = time.monotonic() < self._elsewhere.get(part.name, 0.0)
        return not waits and all(name in self._done for name in part.needs if name in there)

    def _run_of(self, part: Part) -> RunFolder:
        """Looked for once: that reads the records of all runs."""
        if part.name not in self._runs:
            self._runs[part.name] = part.run_of({name: run.reference for name, run in self._done.items()})
        return self._runs[part.name]

    def _execute(self, part: Part, run: RunFolder) -> None:
        status = run.status
        if _is_executed(status):
            self._wait_for(part, run)
        elif status.state == "done":
            self._narration.start(part)
            self._end(part, run)
        else:
            try:
                self._workers.execute(run)
            except AlreadyLocked:  # by somebody who began just now
                self._wait_for(part, run)
            else:
                self._going[part.name] = run
                self._narration.start(part)

    def _wait_for(self, part: Part, run: RunFolder) -> None:
        """For who else executes it: a worker that an earlier try has left, and that is about to stop, or a person."""
        if part.name not in self._elsewhere:
            self._report.note(f"waiting for {run.id}, {part.title}, which another process is running")
        self._elsewhere[part.name] = time.monotonic() + _LOOK_ELSEWHERE_EVERY

    def _listen(self, *, aloud: bool = True) -> None:
        """Pass on the reports, and see which chapters have ended."""
        for run, message in self._workers.new_reports():
            part = next((part for part in self._parts if self._is_running(part, run)), None)
            if part is None:
                continue
            if message["kind"] == OVER:
                self._over(part, self._going.pop(part.name))
            elif aloud:
                self._narration.record(part, message)

    def _is_running(self, part: Part, run: str) -> bool:
        return part.name in self._going and self._going[part.name].id == run

    def _over(self, part: Part, run: RunFolder) -> None:
        status = run.status
        if _is_executed(status) and not self._workers.include(status.pid):  # which was first
            self._wait_for(part, run)
        else:
            self._end(part, run)

    def _end(self, part: Part, run: RunFolder) -> None:
        """Where one ended badly, the others are stopped: they save."""
        status = run.status
        if status.state != "done":
            stop_all(self._going.values(), self._report)
        if status.state == "stopped":
            raise Interrupted(status.error or f"Stopped, since {run.id} was.")
        if status.state != "done":
            raise LazytuiError(status.error or f"{run.id}, {part.title}, was ended from outside.")
        self._done[part.name] = run
        self._count()
        self._narration.end(part)


def _is_executed(status: Status) -> bool:
    return status.state in {"running", "paused"}


class _InOrder:
    """Shows the reports of parts one after the other, also where they run side by side."""

    def __init__(self, parts: Sequence[Part], report: Report) -> None:
        self._parts, self._report = parts, report
        self._messages: dict[str, list[Mapping[str, Any]]] = {part.name: [] for part in parts}
        self._started: set[str] = set()
        self._ended: set[str] = set()
        self._shown = 0

    def start(self, part: Part) -> None:
        if part.name in self._started:
            return
        self._started.add(part.name)
        number = f"chapter {self._parts.index(part) + 1} of {len(self._parts)}"
        self.record(part, {"kind": "begun", "text": f"{number}: {part.title}"})

    def record(self, part: Part, message: Mapping[str, Any]) -> None:
        self._messages[part.name].append(message)
        self._report_in_order()

    def end(self, part: Part) -> None:
        self._ended.add(part.name)
        self._report_in_order()

    def _report_in_order(self) -> None:
        """All that there is of the first part that isn't shown in full; where it is, of the next one too."""
        while self._shown < len(self._parts):
            name = self._parts[self._shown].name
            for message in self._messages[name]:
                self._pass_on(message)
            self._messages[name].clear()
            if name not in self._ended:
                return
            self._shown += 1

    def _pass_on(self, message: Mapping[str, Any]) -> None:
        narrator = self._report.narrator
        match message["kind"]:
            case "begun":
                self._report.note(message["text"])
            case "note":
                narrator.note(message["text"])
            case "metrics":
                narrator.metrics(message["step"], message["values"])
            case "progress":
                narrator.progress(Progress(done=message["done"], total=message["total"], unit=message["unit"]))
