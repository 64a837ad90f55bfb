"""The engine `slurm`: runs as arrays of jobs of a Slurm cluster, by `sbatch`, `squeue`, `scancel` and nothing else.

A job is found by its name, which lazytui makes up before it is submitted; so nothing is lost between two writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Literal

from lazytui.errors import BadInput, UsageError
from lazytui.plain_text import plain_text
from lazytui.runs.engines.engine import Busy, Job, RefusedJobs, Unreachable
from lazytui.runs.engines.settings import OWN, seconds_between_looks
from lazytui.runs.engines.slurm_script import batch_script
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

_PATIENCE = 60.0
"""Seconds for an answer."""
_SHORT_PATIENCE = 10.0

_WARNING = "B:USR1@90"
"""Slurm warns the batch script so many seconds before the time limit, or up to a minute earlier."""

_SET_HERE = frozenset(
    [
        "array",
        "job-name",
        "output",
        "error",
        "input",
        "open-mode",
        "wrap",
        "chdir",
        "parsable",
        "test-only",
        "wait",
        "export",
        "export-file",
        "get-user-env",
        "uid",
        "gid",
        "bb",
        "bbf",
        "batch",
        "bcast",
        "clusters",
        "cluster",
        "container",
        "container-id",
        "dependency",
        "het-group",
        "ignore-pbs",
        "no-requeue",
        "ntasks",
        "nodes",
        "propagate",
        "quiet",
        "requeue",
        "spread-job",
        "help",
        "usage",
        "version",
    ]
)
"""Options of sbatch that lazytui sets, or that make no sense for a job that is one process."""

_WAITING = frozenset(["PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD"])
_ENDED = frozenset(
    [
        "BOOT_FAIL",
        "CANCELLED",
        "COMPLETED",
        "DEADLINE",
        "FAILED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "REVOKED",
        "TIMEOUT",
        "LAUNCH_FAILED",
    ]
)
_ERROR = re.compile(r"error: |fatal: |unrecognized|failure")
_BUSY = re.compile(r"MaxSubmit|temporar|try again", re.IGNORECASE)
_CUT_OFF = re.compile(r"timed out|unable to contact|connect|communicat|zero bytes", re.IGNORECASE)


class Slurm:
    """Its queue does what the loop needn't: it has jobs wait, and puts preempted ones back."""

    name = "slurm"
    tries = 3
    takes_tickets = True

    def __init__(self, settings: Mapping[str, str], at_a_time: int = 0) -> None:
        """settings: options of sbatch by name, and those of `settings.OWN` and `look-every`. Raises UsageError."""
        self.at_a_time = at_a_time
        self.look_every = seconds_between_looks(settings, 5.0)
        self._waiting: set[str] = set()
        self._setup, self._python = settings.get("setup", ""), settings.get("python", "")
        options = {"signal": _WARNING, **settings}
        for name in ("look-every", *OWN):
            options.pop(name, None)
        for name in options:
            if name in _SET_HERE:
                raise UsageError(
                    f"--{name} of sbatch can't be chosen: the engine slurm sets it, or doesn't work with it."
                )
        self._options = [f"--{name}={value}" if value else f"--{name}" for name, value in options.items()]

    def check(self) -> None:
        for program in ("sbatch", "squeue", "scancel"):
            if shutil.which(program) is None:
                raise BadInput(f"{program} isn't on the PATH: the engine slurm needs a machine with Slurm's commands.")
        try:
            self._sbatch(["--test-only"], "#!/bin/bash\n")
        except Busy:
            pass  # it may take them later
        except Unreachable as error:
            raise BadInput(str(error)) from error

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        batch = next(iter(runs)).rpartition("_")[0]
        indices = [name.rpartition("_")[2] for name in runs]
        array = f"--array={indices[0]}-{indices[-1]}"
        reply = self._sbatch(["--parsable", f"--job-name={batch}", array], self._script(batch, runs, workspace))
        match = re.match(r"(\d{1,18})(;|\s|$)", reply)
        return {name: f"{match[1]}_{index}" for name, index in zip(runs, indices, strict=True)} if match else {}

    def _script(self, batch: str, runs: Mapping[str, RunFolder], workspace: Workspace) -> str:
        return batch_script(batch, runs, workspace, setup=self._setup, python=self._python)

    def _sbatch(self, options: Sequence[str], script: str) -> str:
        """What it prints. Raises Busy, RefusedJobs or Unreachable."""
        ended = _call(["sbatch", *self._options, "--output=/dev/null", "--requeue", *options], script)
        if ended.returncode == 0:
            return ended.stdout
        why = _error_in(ended.stderr)
        if _BUSY.search(ended.stderr):
            raise Busy(f"Slurm takes no more jobs now: {why}.")
        if _CUT_OFF.search(ended.stderr):
            raise Unreachable(f"Slurm doesn't answer: {why}.")
        raise RefusedJobs(f"Slurm refused the jobs: {why}.")

    def look(self, names: Collection[str]) -> Mapping[str, Job]:
        batches = sorted({name.rpartition("_")[0] for name in names})
        ended = _call(
            [
                *("squeue", "--noheader", "--array", "--states=all", f"--user={os.getuid()}"),
                *(f"--name={','.join(batches)}", "--format=%j|%K|%F|%T|%r"),
            ]
        )
        if ended.returncode:
            raise Unreachable(f"Slurm doesn't answer: {_error_in(ended.stderr)}.")
        jobs: dict[str, Job] = {}
        for line in ended.stdout.splitlines():
            name, job = _read_line(line)
            if name in names and (name not in jobs or job.state != "gone"):
                jobs[name] = job
        vanished = {name for name in self._waiting & set(names) if name not in jobs}  # Slurm keeps no record of them
        jobs |= {name: Job("gone", reason="cancelled", canceled=True) for name in vanished}
        self._waiting -= set(names) - vanished
        self._waiting |= {name for name, job in jobs.items() if job.state == "waiting"}
        return jobs

    def cancel(self, names: Collection[str]) -> None:
        """Only jobs that have such a name are canceled, whatever ids a ticket names."""
        jobs = self.look(names)
        waiting = [job.id for job in jobs.values() if job.state == "waiting"]
        running = [job.id for job in jobs.values() if job.state == "running"]
        for options, ids in ((["--state=PENDING"], waiting), (["--batch", "--signal=USR1"], running)):
            if ids:
                with suppress(Unreachable):  # it tries long to signal a job that is ending; the next call shows more
                    _call(["scancel", *options, *ids], patience=_SHORT_PATIENCE)


def _call(command: Sequence[str], text: str = "", patience: float = _PATIENCE) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, input=text, capture_output=True, text=True, errors="replace", timeout=patience, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreachable(f"Slurm doesn't answer: {command[0]} took more than {patience:.0f} s.") from error
    except OSError as error:
        raise Unreachable(f"{command[0]} can't be started: {error.strerror or error}.") from error


def _error_in(text: str) -> str:
    """The first line with an error, without its prefix."""
    lines = [line.strip() for line in plain_text(text, newlines=True).splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.search(line)] or lines or ["it gave no message"]
    return re.sub(r"^(\w+: )?(error: |fatal: )?", "", errors[0]).rstrip(".")


def _read_line(line: str) -> tuple[str, Job]:
    """The name of a job, and what squeue says of it."""
    batch, index, array, state, reason = (*plain_text(line).split("|"), *[""] * 5)[:5]
    waits, ended = state in _WAITING, state in _ENDED
    state_text = (reason if waits else state.lower().replace("_", " ") if ended else "").removesuffix("None")
    going: Literal["waiting", "gone", "running"] = "waiting" if waits else "gone" if ended else "running"
    return f"{batch}_{index}", Job(going, f"{array}_{index}", state_text, canceled=state == "CANCELLED")
