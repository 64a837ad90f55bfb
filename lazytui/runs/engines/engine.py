"""What an engine is: three calls by which the one loop (`loop.py`) executes runs anywhere that sees their folders."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from lazytui.errors import BadInput, LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


class Unreachable(LazytuiError):
    """The engine doesn't answer now: what its jobs do isn't known, which is never taken for their end."""


class Busy(LazytuiError):
    """The engine takes no more jobs now, as where a person may have so many; it may later."""


class RefusedJobs(BadInput):
    """The engine will never take such jobs."""


@dataclass(frozen=True)
class Job:
    """What an engine says of a job. gone: it has ended, and the engine still knows how.

    id: what the engine calls it. reason: why it waits, or how it ended, in the engine's own words; may be empty.
    canceled: whether somebody has ended it by the engine's own means; of one without an id, unless it had begun.
    """

    state: Literal["waiting", "running", "gone"]
    id: str = ""
    reason: str = ""
    canceled: bool = False


class Engine(Protocol):
    """Executes runs: it knows how to have `lazytui runs resume RUN` executed somewhere that sees the run's folder.

    name: as a person types it. at_a_time: how many jobs at most it is given; 0 leaves that to its queue.
    look_every: seconds between two looks. tries: how often a job that ended without progress and unasked is submitted
    again. takes_tickets: whether its jobs outlive this process, and so are written down in their runs' folders.
    """

    @property
    def name(self) -> str: ...
    @property
    def at_a_time(self) -> int: ...
    @property
    def look_every(self) -> float: ...
    @property
    def tries(self) -> int: ...
    @property
    def takes_tickets(self) -> bool: ...

    def check(self) -> None:
        """Raise BadInput or UsageError for what can be known to be wrong before anything is written."""

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        """Have runs executed; what the engine calls each job, by the name that it is given here.

        runs: by names such as `lazytui-k3f9x2_0`: the same up to the last `_`, then counted from 0; never used before.
        Raises Busy or RefusedJobs where none was taken, and Unreachable where that isn't known until the next `look`.
        """

    def look(self, names: Collection[str]) -> Mapping[str, Job]:
        """The jobs of those names that the engine knows; one call for all. Raises Unreachable."""

    def cancel(self, names: Collection[str]) -> None:
        """Remove waiting jobs from the queue; running ones are asked by their folders to save and stop, and may be
        asked here too, once. It is called until all have ended. Raises Unreachable.
        """
