"""The status of a run: its state, the process that executes it, and whether that is alive."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lazytui.errors import shorten
from lazytui.files.reading import read_regular
from lazytui.files.writing import write_atomic

State = Literal["queued", "running", "paused", "done", "failed", "stopped", "interrupted"]

ACTIVE: frozenset[State] = frozenset({"queued", "running", "paused"})
RESUMABLE: frozenset[State] = frozenset({"queued", "failed", "stopped", "interrupted"})

_LARGEST = 1 << 20

STALE_SECONDS = 600.0
"""A run elsewhere is taken for dead when its heartbeat is this far from now; a later one revives it."""


_PROGRAM = re.compile(r"lazytui(\.|$)")
_WORDS_OF_THE_PROGRAM = 6
"""What a command is called that runs lazytui: `lazytui`, `python -P -m lazytui`, with options of Python's before."""

_Time = Annotated[float, Field(ge=0, lt=2**37)]


class Progress(BaseModel):
    """How much is done, in the run's own unit."""

    model_config = ConfigDict(frozen=True)

    done: int = Field(ge=0, lt=2**63)
    total: int = Field(ge=0, lt=2**63)
    unit: str


class Elsewhere(BaseModel):
    """Of the copy of a run that is kept on another machine: what is to be known of it there.

    at: what a person calls that machine. size: bytes of its folder. files: those it has there, which are brought when
    they are read. metrics: of its result. stamp, files_stamp, metrics_stamp: change when it, its files, or these do.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    at: str = Field(max_length=300)
    size: int = Field(0, ge=0, lt=2**63)
    files: Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=1000)] = ()
    metrics: Annotated[dict[str, float | None], Field(max_length=5000)] = Field(default_factory=dict)
    stamp: str = Field("", max_length=40)
    files_stamp: str = Field("", max_length=40)
    metrics_stamp: str = Field("", max_length=40)


class Status(BaseModel):
    """What status.json holds. Times are seconds since the epoch; a pid counts only with the start of its process.

    elsewhere: of a copy; then the state is what was seen there, where alone it can be known.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    state: State
    heartbeat: _Time
    host: str = ""
    pid: int | None = Field(None, ge=1, lt=2**31)
    pid_started: _Time | None = None
    started: _Time | None = None
    ended: _Time | None = None
    progress: Progress | None = None
    error: Annotated[str, AfterValidator(shorten)] | None = None
    elsewhere: Elsewhere | None = None


UNREADABLE = Status(state="failed", heartbeat=0.0, error="status.json is missing or damaged")
"""The status of a run that has none that can be read."""


def is_unreadable(status: Status) -> bool:
    return status == UNREADABLE


def read_status(path: Path) -> Status:
    """The status as written. Raises OSError or ValueError when there is none that can be read."""
    return Status.model_validate_json(read_regular(path, _LARGEST))


def write_status(path: Path, status: Status) -> None:
    write_atomic(path, as_text(status))


def as_text(status: Status) -> str:
    """What status.json holds of it."""
    return status.model_dump_json(exclude_none=True) + "\n"


def current_status(status: Status, claimed_by: Callable[[int], bool | None] = lambda _pid: None) -> Status:
    """The status as it must be by now: `interrupted` where a going run's process is gone, or is another one.

    claimed_by: whether a process of this host executes the run; None where that isn't known.
    """
    if status.state not in ACTIVE or status.elsewhere or _alive(status, claimed_by):
        return status
    return status.model_copy(update={"state": "interrupted"})


def own_process() -> dict[str, str | int | float]:
    """The fields of Status that name this process."""
    return process_fields(os.getpid())


def process_fields(pid: int) -> dict[str, str | int | float]:
    """The fields of Status that name a process of this host. Raises psutil.Error when it is gone."""
    import psutil

    return {"host": socket.gethostname(), "pid": pid, "pid_started": psutil.Process(pid).create_time()}


def _alive(status: Status, claimed_by: Callable[[int], bool | None]) -> bool:
    if status.pid is not None and status.host == socket.gethostname():
        if not process_lives(status):
            return False
        to_begin = status.state == "queued"  # and claimed when it does
        proof = _is_lazytui(status.pid) if to_begin else claimed_by(status.pid)
        if proof is not None:
            return proof
    return abs(time.time() - status.heartbeat) < STALE_SECONDS  # clocks differ, but not by that much


def _is_lazytui(pid: int) -> bool | None:
    """Whether a process runs this program; None where it may do so all the same, as whoever uses it as a library."""
    import psutil

    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return None
    return any(_PROGRAM.match(Path(word).name) for word in command[:_WORDS_OF_THE_PROGRAM]) or None


def process_lives(status: Status) -> bool:
    """Whether the process that a status names lives on this host: one that was given its pid since doesn't count."""
    import psutil

    if status.pid is None or status.pid_started is None or status.host != socket.gethostname():
        return False
    try:
        process = psutil.Process(status.pid)
        same = abs(process.create_time() - status.pid_started) < 1.0
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
