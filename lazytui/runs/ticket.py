"""A run's ticket: in whose queue it is, written into its folder before it is handed over, so that nothing gets lost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lazytui.files.reading import read_regular
from lazytui.files.writing import storage_errors, write_atomic

_LARGEST = 4096

UNKNOWN_SECONDS = 60.0
"""For how long a job may come to light whose submission was cut off, so that it isn't known whether there is one."""

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


class Ticket(BaseModel):
    """What ticket.json holds. engine: whose queue. name: what lazytui calls the job there, and no other.

    job: what the engine calls it; empty until that is known. submitted: seconds since the epoch.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    engine: _Word
    name: _Word
    job: _Word | None = None
    submitted: Annotated[float, Field(ge=0, lt=2**37)]

    @property
    def label(self) -> str:
        """`slurm 4711_3`."""
        return f"{self.engine} {self.job or self.name}"


def new_ticket(engine: str, name: str) -> Ticket:
    return Ticket(engine=engine, name=name, submitted=time.time())


def read_ticket(path: Path) -> Ticket | None:
    """None where there is none that can be read."""
    try:
        return Ticket.model_validate_json(read_regular(path, _LARGEST))
    except (OSError, ValueError):
        return None


def write_ticket(path: Path, ticket: Ticket) -> None:
    write_atomic(path, ticket.model_dump_json(exclude_none=True) + "\n")


def remove_ticket(path: Path) -> None:
    with storage_errors(path):
        path.unlink(missing_ok=True)
