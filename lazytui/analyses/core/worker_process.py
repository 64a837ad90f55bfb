"""A worker's own process, `python -P -m lazytui.analyses.core.worker_process WORKSPACE CODE...`.

It reads the folders of runs from standard input, a JSON string a line, and executes them in turn; what they report goes
to standard output. Where its input ends, so does it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lazytui.code_permission import allow
from lazytui.errors import LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.worker_pool import OVER
from lazytui.runs.workspace import Workspace

_PROGRESS_EVERY = 0.2
_SAYING = threading.Lock()


class _Relay:
    """A narrator that hands on what it hears."""

    def __init__(self) -> None:
        self._reported_at = 0.0

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._reported_at >= _PROGRESS_EVERY or progress.done == progress.total:
            self._reported_at = now
            _write_line("progress", done=progress.done, total=progress.total, unit=progress.unit)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        _write_line("metrics", step=step, values=dict(values))

    def note(self, text: str) -> None:
        _write_line("note", text=text)

    def continued(self) -> None:
        """Who started it goes on too, and says so."""


_OUT = os.fdopen(os.dup(1), "wb", buffering=0)


def _write_line(kind: str, **fields: object) -> None:
    """One line to who started this process; one who is gone is no failure."""
    line = json.dumps({"kind": kind, **fields}).encode() + b"\n"
    with suppress(OSError), _SAYING:
        while line:  # a signal may come between the parts of a long one
            line = line[_OUT.write(line) :]


def main() -> None:
    os.dup2(2, 1)  # whatever is printed, also by what is loaded from here on, goes where errors go
    _, folder, *code = sys.argv
    workspace = Workspace(Path(folder))
    for name in code:
        allow(name)
    requests: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    executing, alone = threading.Event(), threading.Event()
    threading.Thread(target=_listen, args=(requests, executing, alone), daemon=True, name="listening").start()
    threading.Thread(target=_load_torch, daemon=True, name="loading torch").start()
    _execute_requested(workspace, requests, executing, alone)


def _execute_requested(
    workspace: Workspace, requests: queue.SimpleQueue[str | None], executing: threading.Event, alone: threading.Event
) -> None:
    """Execute what is requested, until who requests is gone: `executing` is set before `alone` is looked at, and in
    `_listen` the other way round, so that no run begins unseen in between."""
    from lazytui.analyses.core.execute import execute_run

    while (path := requests.get()) is not None:
        run = RunFolder(Path(path), Path(path).name)
        executing.set()
        if alone.is_set():
            return
        with suppress(LazytuiError):  # which is in the run's status
            execute_run(run, workspace, _Relay())
        executing.clear()
        _write_line(OVER)


def _listen(requests: queue.SimpleQueue[str | None], executing: threading.Event, alone: threading.Event) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    alone.set()
    requests.put(None)
    if executing.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def _load_torch() -> None:
    """While the first run doesn't need it yet. One that does waits here, or says what is wrong."""
    from lazytui.system.torch_import import require_torch

    with suppress(LazytuiError):
        require_torch()


if __name__ == "__main__":
    main()
