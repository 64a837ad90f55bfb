"""The loop of engines beside a test, which watches it; or, as a program, in a process that can be killed:
`python -m tests.runs.engines.observed_loop WORKSPACE SETTINGS RUN...`, where SETTINGS are JSON."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lazytui.errors import Interrupted, LazytuiError
from lazytui.runs.engines.engine import Engine
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.engines.slurm import Slurm
from lazytui.runs.executors import Nobody
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


class Observer(Nobody):
    """An observer of executed runs: keeps the notes, and stops when it is asked to."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.notes: list[str] = []
        self.stop = threading.Event()
        self.error: LazytuiError | None = None
        self.looked: Callable[[str], object] = lambda _: None

    def must_stop(self) -> bool:
        return self.stop.is_set()

    def progress(self, done: int, total: int, unit: str) -> None:
        """Called before each look."""
        self.looked(f"{done}/{total} {unit}")

    def note(self, text: str) -> None:
        self.notes.append(text)

    @property
    def said(self) -> str:
        return "\n".join(self.notes)


@contextmanager
def executing(engine: Engine, runs: Sequence[RunFolder], workspace: Workspace) -> Iterator[Observer]:
    """The loop goes on beside the block, which ends once all runs have ended."""
    observer = Observer(workspace)

    def execute() -> None:
        try:
            EngineExecutor(engine).execute({run.id: run for run in runs}, observer, lambda _: "")
        except Interrupted:
            pass
        except LazytuiError as error:
            observer.error = error

    thread = threading.Thread(target=execute, daemon=True)
    thread.start()
    try:
        yield observer
    except BaseException:
        observer.stop.set()
        raise
    finally:
        thread.join()


def runs_of(workspace: Workspace, count: int, steps: int = 20, hold: int | None = None) -> list[RunFolder]:
    """New runs of so many steps; hold: at which each waits for `let_go`."""
    return [workspace.create("train", {"steps": steps, "hold": hold}) for _ in range(count)]


def starts(run: RunFolder) -> list[tuple[int, int]]:
    """Process and first step of each start."""
    try:
        lines = (run.path / "starts").read_text().splitlines()
    except OSError:
        return []
    return [(int(process), int(step)) for process, step in map(str.split, lines)]


def hold_is_reached(run: RunFolder) -> bool:
    return (run.path / "held").exists() and run.status.state == "running"


def says_so(run: RunFolder) -> bool:
    """Whether its status has got there, too, which is written every other second."""
    progress = run.status.progress
    return progress is not None and progress.done == run.record.params["hold"]


def let_go(runs: Sequence[RunFolder]) -> None:
    for run in runs:
        (run.path / "go").touch()


def states(runs: Sequence[RunFolder]) -> list[str]:
    return [run.status.state for run in runs]


def main() -> None:
    _, folder, settings, *names = sys.argv
    workspace = Workspace(Path(folder))
    runs = {name: workspace.find(name) for name in names}
    EngineExecutor(Slurm(json.loads(settings))).execute(runs, Observer(workspace), lambda _: "")


if __name__ == "__main__":
    main()
