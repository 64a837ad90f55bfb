"""Jobs: starting, pausing, waking and stopping runs in processes of their own."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from lazytui.code_permission import model_options, require_allowed_for
from lazytui.errors import UsageError
from lazytui.files.reading import open_to_append
from lazytui.files.writing import storage_errors
from lazytui.runs.formatting import state_clause
from lazytui.runs.logs.choice import log_options
from lazytui.runs.run_folder import OUTPUT_FILE, RunFolder
from lazytui.runs.status import ACTIVE, RESUMABLE, Status, process_fields, process_lives
from lazytui.runs.workspace import Workspace

TICKET_VARIABLE = "LAZYTUI_TICKET"
"""Of the environment of an engine's job: the name that its run's ticket has."""


class AlreadyActive(UsageError):
    """The run is active, or done."""


Launch = Callable[[RunFolder, Workspace, Mapping[str, str]], int]
"""Has a run executed in a process of its own, with additional variables of the environment; returns its pid."""


def start_detached(
    run: RunFolder,
    workspace: Workspace,
    *,
    environment: Mapping[str, str] | None = None,
    launch: Launch | None = None,
) -> None:
    """Execute a queued or resumable run in a session of its own, which outlives this process and its terminal.

    It is the command that a person would type; its output is in the run's output.log, and the run is queued until it
    begins. environment: additional variables. launch: how its process is started; by default anew. Raises AlreadyActive
    for a run that is active or done, UsageError for one whose code nobody has allowed.
    """
    state = run.status.state
    if state not in RESUMABLE:
        raise AlreadyActive(f"{run.id} is {state} already.")
    require_in_no_queue(run)
    require_allowed_for(run.id, run.record.params)
    with storage_errors(run.path):
        run.stop_file.unlink(missing_ok=True)
        run.pause_file.unlink(missing_ok=True)
    queued = {"state": "queued", "heartbeat": time.time(), "host": socket.gethostname()}
    with run.claim():  # so that nothing is written over what another process says that has begun it just now
        run.remove_ticket()
        run.set_status(Status.model_validate(queued))
        pid = (launch or start_process)(run, workspace, environment or {})
        # Written long before the new process can say that it runs; were it to die first, the run shows as interrupted.
        run.set_status(Status.model_validate({**queued, **process_fields(pid)}))


def require_in_no_queue(run: RunFolder) -> None:
    """Raise AlreadyActive for a run that waits in an engine's queue, unless this process is the job it waits for."""
    ticket = run.ticket
    if ticket and run.is_in_a_queue and os.environ.get(TICKET_VARIABLE) != ticket.name:
        raise AlreadyActive(
            f"{run.id} waits in a queue ({ticket.label}); to remove it from there: lazytui runs stop {run.id}"
        )


def resume_arguments(run: RunFolder, workspace: Workspace) -> list[str]:
    """What `lazytui` is called with to execute a run, wherever that is done: `runs resume FOLDER`, and options."""
    options = [*model_options(run.record.params), *log_options(run), "--workspace", str(workspace.path.resolve())]
    return ["runs", "resume", str(run.path.resolve()), *options]


def start_process(run: RunFolder, workspace: Workspace, environment: Mapping[str, str]) -> int:
    """See `Launch`. `-P` keeps modules of the current folder out."""
    with storage_errors(run.path), open_to_append(run.path / OUTPUT_FILE) as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lazytui", *resume_arguments(run, workspace)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    # Somebody has to take note of its end, or it stays in the process table for as long as an app is open.
    threading.Thread(target=process.wait, daemon=True, name=f"waiting for {run.id}").start()
    return process.pid


def resume_command(run: RunFolder) -> str:
    """The command that resumes a run."""
    return shlex.join(["lazytui", "runs", "resume", run.id, *model_options(run.record.params)])


def request_stop(run: RunFolder) -> None:
    """Request an active run to save and stop: by a file, on whichever host it runs, and on this host also by a signal.

    A status is a file of unknown origin, which may name any process. So only a process that holds the run's claim is
    signaled (see `RunFolder.is_claimed_by`).
    """
    import psutil

    status = run.status
    if status.state not in ACTIVE:
        raise UsageError(f"{run.id} isn't running: it {state_clause(status)}.")
    run.refuse_links()
    with storage_errors(run.path):
        run.stop_file.touch()
    if status.state == "queued" or status.pid is None:  # one that is queued may not listen to signals yet
        return
    with suppress(psutil.Error):
        process = psutil.Process(status.pid)
        if process_lives(status) and run.is_claimed_by(process.pid):
            process.send_signal(signal.SIGTERM)


def request_pause(run: RunFolder) -> None:
    """Request an active run, on whichever host, to save and wait; it keeps its memory and its GPU."""
    status = run.status
    if status.state not in ACTIVE:
        raise UsageError(f"{run.id} isn't running: it {state_clause(status)}.")
    if run.pause_file.exists():
        raise UsageError(f"{run.id} is paused already.")
    if status.state == "queued" and status.pid is None:
        raise UsageError(f"{run.id} hasn't started yet, so it can't be paused.")
    run.refuse_links()
    with storage_errors(run.path):
        run.pause_file.touch()


def wake(run: RunFolder) -> bool:
    """Let a paused run continue; False if it isn't paused."""
    status = run.status
    if status.state not in ACTIVE or _is_to_execute(status):
        return False
    if run.pause_file.exists():
        with storage_errors(run.path):
            run.pause_file.unlink(missing_ok=True)
        return True
    if status.state == "paused" and run.record.started_by:
        raise UsageError(f"{run.id} is paused because {run.record.started_by} is; resume that run.")
    return status.state == "paused"


def _is_to_execute(status: Status) -> bool:
    """Whether this process was started to execute the run and hasn't begun."""
    return status.state == "queued" and status.pid == os.getpid() and process_lives(status)


def can_continue(run: RunFolder) -> bool:
    """Whether a run is paused, about to be, or ended early, so that `continue_run` applies."""
    state = run.status.state
    return state == "paused" or (run.pause_file.exists() if state in ACTIVE else state in RESUMABLE)


def continue_run(run: RunFolder, workspace: Workspace) -> None:
    """Wake a paused run, or resume one that ended early. Raises UsageError for any other."""
    if not wake(run):
        start_detached(run, workspace)
