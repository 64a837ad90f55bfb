"""A process that has loaded torch and the images once, and forks a process for each run.

Loading is half of a small training's time. A forked run is a process like any other, with a session, a log and a claim
of its own: it is stopped, paused, killed and resumed as one that was started anew, and ends with its run. So nothing of
one training can reach another, and no memory grows.

Where that can't be, whoever asks starts a new process: the server forks only as long as it has a single thread, since
others wouldn't exist in its copy.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from lazytui.files.writing import storage_errors
from lazytui.runs.jobs import resume_arguments, start_process
from lazytui.runs.run_folder import OUTPUT_FILE, RunFolder
from lazytui.runs.workspace import Workspace

MODULE = "lazytui.cli.fork_server_process"

_PATIENCE = 120.0
"""Seconds to wait for a fork; loading torch and the images comes before the first."""

_FAILURES = 3
"""After so many in a row nothing more is asked of a server."""


def can_fork() -> bool:
    """Whether a process that has loaded torch may be forked: elsewhere than on Linux its libraries don't allow it."""
    return sys.platform == "linux"


class ForkServer:
    """Starts its process when it is first asked for a run; that ends with this object, the runs go on."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """variables: of the environment, which libraries read when they are loaded."""
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0

    def start(self, run: RunFolder, workspace: Workspace, environment: Mapping[str, str]) -> int:
        """Start a run in a process of its own; the pid. environment: additional variables of this run."""
        if self._failures < _FAILURES:
            pid = self._forked(run, workspace, environment)
            if pid is not None:
                self._failures = 0
                return pid
            self._failures += 1
        return start_process(run, workspace, environment)

    def _forked(self, run: RunFolder, workspace: Workspace, environment: Mapping[str, str]) -> int | None:
        request = {
            "run": str(run.path.resolve()),
            "arguments": resume_arguments(run, workspace),
            "output": str((run.path / OUTPUT_FILE).resolve()),
            "environment": dict(environment),
        }
        if self._process is None or self._process.poll() is not None:
            with storage_errors(run.path):
                self._process = self._begin()
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n".encode())
            self._process.stdin.flush()
            answer = _read_line(self._process.stdout)
        except (OSError, TimeoutError):
            self._process.kill()
            self._process.wait()
            return None
        pid = json.loads(answer)["pid"] if answer else None
        return pid if isinstance(pid, int) else None

    def _begin(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what is wrong with loading, the run that is started anew says
            env={**os.environ, **self._variables},
            start_new_session=True,  # a person's Ctrl-C is heard by who started it, and handed on
        )
        weakref.finalize(self, _end, process)
        return process


def _read_line(stream: IO[bytes]) -> bytes:
    """The answer to a request, of one line; empty where the process has ended. Raises TimeoutError."""
    ready, _, _ = select.select([stream], [], [], _PATIENCE)
    if not ready:
        raise TimeoutError
    return stream.readline()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its input ends, and so it does."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(OSError):
        process.stdin.close()
    process.wait()
    process.stdout.close()
