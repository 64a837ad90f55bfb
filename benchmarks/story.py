"""Where the main job's time goes: `lazytui run story` as a person runs it, then its chapters in turn, by phase."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil

from lazytui.analyses.core import execute
from lazytui.analyses.story import analysis as story
from lazytui.analyses.story.params import StoryParams
from lazytui.runs.status import read_status
from lazytui.runs.workspace import Workspace

ASKED = 150.0
"""Seconds of the whole on two quiet cores, with an empty image cache."""

PHASES = {
    "drawing": ("lazytui.data.sources.gray_shapes", "draw_split"),
    "painting": ("lazytui.data.painting.painted_splits", "repaint"),
    "cache": ("lazytui.data.image_cache", "_read"),
    "steps": ("lazytui.training.loop", "_Loop._epoch"),
    "points": ("lazytui.training.monitor", "Monitor.measure"),
    "measuring": ("lazytui.evaluation.scorecard", "evaluate_splits"),
}
"""What is timed, by what it is called below. Points of the curves aren't counted as steps."""


def main(options: Sequence[str] = ()) -> None:
    """options: of `lazytui run story`, for a shorter one."""
    with tempfile.TemporaryDirectory() as name:
        _as_a_person_runs_it(Path(name), options)
    with tempfile.TemporaryDirectory() as name:
        here = [sys.executable, "-m", "benchmarks.story", name, *options]
        subprocess.run(here, env=_environment(Path(name)), check=True)


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "LAZYTUI_CACHE": str(folder / "images"), "LAZYTUI_WORKSPACE": str(folder / "runs")}


def _as_a_person_runs_it(folder: Path, options: Sequence[str]) -> None:
    began = time.time()
    command = [sys.executable, "-m", "lazytui", "run", "story", "--quiet", "--json", *options]
    with (folder / "out.json").open("wb") as out:
        process = subprocess.Popen(command, env=_environment(folder), stdout=out)
    memory = _Memory(process.pid)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the story failed with {process.returncode}")
    whole = time.time() - began
    missed = "  missed" if whole > ASKED and not options else ""
    print(f"lazytui run story: {whole:.0f} s ({ASKED:.0f} asked){missed}; load {os.getloadavg()[0]:.1f}")
    print(f"processor: {used.ru_utime + used.ru_stime:.0f} s; most memory of all its processes: {memory.most:.1f} GB")
    print(f"{'chapter':<16} {'from':>6} {'to':>6}   seconds since the start of the command")
    for name, (start, end) in _chapters(folder / "runs").items():
        print(f"{name:<16} {start - began:>6.1f} {end - began:>6.1f}")


class _Memory:
    """The most that a process and its children take together, in GB; what they share is counted once."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        threading.Thread(target=self._watch, args=(psutil.Process(pid),), daemon=True).start()

    def _watch(self, process: psutil.Process) -> None:
        with suppress(psutil.Error):
            while process.status() != psutil.STATUS_ZOMBIE:
                family = [process, *process.children(recursive=True)]
                self.most = max(self.most, sum(map(_share, family)) / 1e9)
                time.sleep(0.5)


def _share(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.uss))
    return 0


def _chapters(runs: Path) -> dict[str, tuple[float, float]]:
    (folder,) = runs.glob("*-story-*")
    facts = json.loads((folder / "result.json").read_text())["facts"]
    times = {name: read_status(runs / facts[name]["run"] / "status.json") for name in facts}
    return {name: (status.started or 0.0, status.ended or 0.0) for name, status in times.items()}


def _by_phase(folder: Path, options: Sequence[str]) -> None:
    """Every chapter in this process, one after the other: seconds of the processor."""
    started = time.process_time()
    import_module("lazytui.training.loop")
    loaded = time.process_time() - started
    clock = _Clock()
    options_by_name = dict(
        zip((name.removeprefix("--").replace("-", "_") for name in options[::2]), options[1::2], strict=True)
    )
    params = execute.validate("story", {"source": "strokes", **options_by_name})
    assert isinstance(params, StoryParams)
    workspace, runs = Workspace(folder / "runs"), {}
    print("\nthe chapters in turn, in one process: seconds of the processor")
    print(f"start {started:.1f}, loading torch {loaded:.1f}")
    print(f"{'chapter':<16} {'all':>6} " + " ".join(f"{name:>9}" for name in PHASES) + f" {'rest':>6}")
    totals = dict.fromkeys(("all", *PHASES), 0.0)
    for chapter in story.fitting_chapters(params):
        with clock.patched():
            before = time.process_time()
            run = execute.create(chapter.kind, execute.validate(chapter.kind, chapter.values(params, runs)), workspace)
            execute.execute_run(run, workspace, _Nobody())
        spent = {"all": time.process_time() - before, **clock.taken()}
        runs[chapter.name] = workspace.reference(run)
        _print_row(chapter.name, spent)
        totals = {name: totals[name] + spent[name] for name in totals}
    _print_row("all of them", totals)


def _print_row(name: str, spent: dict[str, float]) -> None:
    phases = [spent[phase] for phase in PHASES]
    cells = " ".join(f"{seconds:>9.1f}" for seconds in phases)
    print(f"{name:<16} {spent['all']:>6.1f} {cells} {spent['all'] - sum(phases):>6.1f}", flush=True)


class _Clock:
    """Adds up what the functions of the phases take; what one takes within another is the inner one's."""

    def __init__(self) -> None:
        self._spent = dict.fromkeys(PHASES, 0.0)
        self._within: list[str] = []
        self._since = 0.0

    def taken(self) -> dict[str, float]:
        spent, self._spent = self._spent, dict.fromkeys(PHASES, 0.0)
        return spent

    @contextmanager
    def patched(self) -> Iterator[None]:
        before: list[tuple[Any, str, Any]] = []
        for phase, (module, path) in PHASES.items():
            owner, _, name = path.rpartition(".")
            holder = getattr(import_module(module), owner) if owner else import_module(module)
            before.append((holder, name, getattr(holder, name)))
            setattr(holder, name, self._timed(phase, getattr(holder, name)))
        try:
            yield
        finally:
            for holder, name, function in before:
                setattr(holder, name, function)

    def _timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self._switch()
            self._within.append(phase)
            try:
                return function(*arguments, **named)
            finally:
                self._switch()
                self._within.pop()

        return timed

    def _switch(self) -> None:
        now = time.process_time()
        if self._within:
            self._spent[self._within[-1]] += now - self._since
        self._since = now


class _Nobody:
    def progress(self, progress: object) -> None: ...

    def metrics(self, step: int, values: object) -> None: ...

    def note(self, text: str) -> None: ...

    def continued(self) -> None: ...


if __name__ == "__main__":
    _by_phase(Path(sys.argv[1]), sys.argv[2:])
