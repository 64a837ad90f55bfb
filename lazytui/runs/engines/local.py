"""The engine `local`: each run in a process of its own on this machine, several at a time, sharing the cores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from lazytui.runs.engines.engine import Job
from lazytui.runs.jobs import AlreadyActive, start_detached
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from lazytui.system.cores import cores, thread_variables


class LocalProcesses:
    """Its processes say by their statuses whether they go on, so no ticket is needed."""

    name = "local"
    look_every = 0.2
    tries = 0
    takes_tickets = False

    def __init__(self, at_a_time: int = 0) -> None:
        """at_a_time: 0 chooses: one a core, eight at most."""
        self.at_a_time = at_a_time or min(cores(), 8)
        self._runs: dict[str, RunFolder] = {}

    def check(self) -> None:
        """There is nothing to check."""

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        self._runs |= runs
        for run in runs.values():
            with suppress(AlreadyActive):  # a process that somebody else had started, such as a study that was killed
                start_detached(run, workspace, environment=thread_variables(self.at_a_time))
        return {}

    def look(self, names: Collection[str]) -> Mapping[str, Job]:
        return {name: Job("running") for name in names if self._runs[name].status.state in ACTIVE}

    def cancel(self, names: Collection[str]) -> None:
        """They are asked by their folders."""
