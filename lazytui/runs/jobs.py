"""Jobs: runs that live in a process of their own, and how to start and stop them."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import suppress

from lazytui.errors import UsageError
from lazytui.files import storage_errors
from lazytui.runs.folder import OUTPUT_FILE, RunFolder
from lazytui.runs.status import GOING, process_lives
from lazytui.runs.workspace import Workspace


def start_detached(run: RunFolder, workspace: Workspace) -> None:
    """Carry a queued or resumable run in a session of its own, which outlives this process and its terminal.

    It is the same command that a person would type. What it prints lies in the run's output.log.
    """
    command = [sys.executable, "-m", "lazytui", "runs", "resume", str(run.path.resolve())]
    with storage_errors(run.path), (run.path / OUTPUT_FILE).open("ab") as output:
        subprocess.Popen(
            [*command, "--workspace", str(workspace.path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def request_stop(run: RunFolder) -> None:
    """Ask a going run to save and stop: by a signal on this host, by a file for another one."""
    import psutil

    status = run.status
    if status.state not in GOING:
        raise UsageError(f"{run.id} isn't going on: it is {status.state}.")
    with storage_errors(run.path):
        (run.path / "stop").touch()
    here = status.host == socket.gethostname()
    if here and status.pid is not None and process_lives(status.pid, status.pid_started):
        with suppress(psutil.Error):
            psutil.Process(status.pid).send_signal(signal.SIGTERM)
