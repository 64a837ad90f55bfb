"""Workers: processes of this machine that execute one run after another, so that each loads torch once.

A worker ends with the process that started it; it stops its run, which saves its progress.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lazytui.files.reading import open_to_append
from lazytui.files.writing import storage_errors
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status, process_fields
from lazytui.runs.workspace import Workspace
from lazytui.system.cores import thread_variables

WorkerReport = tuple[str, Mapping[str, Any]]
"""The id of a run, and what it reported: `kind`, and the fields that events have."""

OVER = "over"
"""The kind of the last thing that is heard of a run, however it ended: its status says how."""


class Workers:
    """So many workers. Use as a context: at its end they are asked to leave, and waited for."""

    def __init__(self, count: int, workspace: Workspace, output: Path, code: Sequence[str] = ()) -> None:
        """output: the file that they write what they say besides narration into. code: of a person's own that they may
        run, since it was named in this process."""
        self._reports: queue.SimpleQueue[WorkerReport] = queue.SimpleQueue()
        arguments, variables = [str(workspace.path.resolve()), *code], thread_variables(count)
        self._workers = [_Worker(arguments, variables, output, self._reports) for _ in range(count)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers:
            worker.wait()

    def are_busy(self) -> bool:
        """Whether none is free."""
        return not any(worker.is_free for worker in self._workers)

    def include(self, pid: int | None) -> bool:
        """Whether a process is, or was until now, one of them."""
        return any(worker.pid == pid for worker in self._workers)

    def execute(self, run: RunFolder) -> None:
        """Have a free worker execute a run, which is queued, or ended early. There must be one.

        Raises Taken where another process executes the run.
        """
        next(worker for worker in self._workers if worker.is_free).execute(run)

    def new_reports(self) -> Iterator[WorkerReport]:
        """What the runs have reported since the last call, each with the id of the run that was handed out."""
        with suppress(queue.Empty):
            while True:
                yield self._reports.get_nowait()


class _Worker:
    def __init__(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        output: Path,
        reports: queue.SimpleQueue[WorkerReport],
    ) -> None:
        self._arguments, self._variables, self._output, self._reports = arguments, variables, output, reports
        self._run: RunFolder | None = None
        self._ending = threading.Lock()
        self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_free(self) -> bool:
        return self._run is None

    def execute(self, run: RunFolder) -> None:
        if self._process.poll() is not None:  # somebody has ended it
            self.wait()
            self._start()
        with storage_errors(run.path):
            run.stop_file.unlink(missing_ok=True)
            run.pause_file.unlink(missing_ok=True)
        queued = {"state": "queued", "heartbeat": time.time(), **process_fields(self._process.pid)}
        with run.claim():  # so that nothing is written over what another process says that has begun it just now
            run.remove_ticket()
            run.set_status(Status.model_validate(queued))
        self._run = run
        try:
            self._stdin.write(f"{json.dumps(str(run.path.resolve()))}\n".encode())
            self._stdin.flush()
        except OSError:  # it was ended just now
            self._finish()

    def dismiss(self) -> None:
        with suppress(OSError):
            self._stdin.close()

    def wait(self) -> None:
        self.dismiss()
        self._process.wait()
        self._listener.join()

    def _start(self) -> None:
        command = [sys.executable, "-P", "-m", "lazytui.analyses.core.worker_process", *self._arguments]
        with storage_errors(self._output), open_to_append(self._output) as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env={**os.environ, **self._variables},
                start_new_session=True,  # a person's Ctrl-C is heard by who started it, and handed on
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin = self._process.stdin
        listen = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True, name="listening")
        self._listener = listen
        listen.start()

    def _listen(self, stdout: IO[bytes]) -> None:
        try:
            with stdout:
                for report in filter(None, map(_parse_report, stdout)):
                    run = self._run
                    if report["kind"] == OVER:
                        self._finish()
                    elif run is not None:
                        self._reports.put((run.id, report))
        finally:
            self._finish()

    def _finish(self) -> None:
        """Say once that its run is over: who listens to a worker and who hands it a run may both find it gone."""
        with self._ending:
            run, self._run = self._run, None
        if run is not None:
            self._reports.put((run.id, {"kind": OVER}))


def _parse_report(line: bytes) -> dict[str, Any] | None:
    """What a worker reports in a line; None where the line was torn by a kill, or printed by something else."""
    try:
        report = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return report if isinstance(report, dict) and "kind" in report else None
