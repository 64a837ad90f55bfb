"""The engine `local`: each run in a process of its own on this machine, several at a time, sharing cores and GPUs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from lazytui.errors import BadInput, UsageError
from lazytui.runs.engines.engine import Job
from lazytui.runs.engines.fork_server import ForkServer, can_fork
from lazytui.runs.engines.placement import Placement
from lazytui.runs.engines.settings import LOCAL, require_known
from lazytui.runs.jobs import AlreadyActive, Launch, start_detached, start_process
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from lazytui.system.cores import cores, thread_variables
from lazytui.system.gpus import visible_gpus

OPTIONS: Mapping[str, str] = {
    "persistent": "yes or no: load torch and the images once for all runs; default: yes, where that is possible",
    "per-device": "runs at a time on each GPU; the total is that times the number of GPUs",
    "devices": "the GPUs to use, such as 0,2; default: all that are visible",
}
"""Of this engine, by name: a line on each."""

MOST_PER_DEVICE = 64


class LocalProcesses:
    """Its processes say by their statuses whether they go on, so no ticket is needed.

    A run whose process was killed, as for want of memory, is started again, and resumes where it saved. One that
    somebody stopped isn't.
    """

    name = LOCAL
    look_every = 0.2
    tries = 2
    takes_tickets = False

    def __init__(self, at_a_time: int = 0, settings: Mapping[str, str] | None = None) -> None:
        """at_a_time: 0 chooses: what `per-device` says, else one a core, eight at most. settings: of `OPTIONS`.

        Raises UsageError for an option that isn't there, or can't have that value.
        """
        settings = settings or {}
        require_known(settings, OPTIONS, self.name)
        self._devices = [name.strip() for name in settings.get("devices", "").split(",") if name.strip()]
        self._per_device = _count(settings["per-device"]) if "per-device" in settings else 0
        self._persistent = _is_yes(settings.get("persistent", "yes"))
        self._runs: dict[str, RunFolder] = {}
        self._placement = self._placed()
        self.at_a_time = at_a_time or self._placement.at_a_time or min(cores(), 8)
        self._variables = thread_variables(self.at_a_time)
        self._launch: Launch | None = None

    def _placed(self) -> Placement:
        """On which GPUs: those that were asked for, else all, where there are several or it was said how they share."""
        if self._devices:
            return Placement(self._devices, self._per_device)
        visible = visible_gpus()
        return Placement(visible if self._per_device or len(visible) > 1 else [], self._per_device)

    def check(self) -> None:
        """Raise BadInput where GPUs are asked for that aren't there."""
        visible = visible_gpus() if self._devices or self._per_device else []
        if missing := [device for device in self._devices if device not in visible]:
            there = f"it has {', '.join(visible)}" if visible else "nvidia-smi finds none"
            raise BadInput(
                f"--engine-option devices names the GPU {missing[0]}, which this machine doesn't have: {there}."
            )
        if self._per_device and not visible:
            raise BadInput("--engine-option per-device needs GPUs, and nvidia-smi finds none on this machine.")

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        if self._launch is None:
            persistent = self._persistent and can_fork()
            self._launch = ForkServer(self._variables).start if persistent else start_process
        going = {run.id for run in self._runs.values() if run.status.state in ACTIVE}
        self._runs |= runs
        for run in runs.values():
            environment = {**self._variables, **self._placement.assign_gpu(run, going)}
            with suppress(AlreadyActive):  # a process that somebody else had started, such as a study that was killed
                start_detached(run, workspace, environment=environment, launch=self._launch)
            going.add(run.id)
        return {}

    def look(self, names: Collection[str]) -> Mapping[str, Job]:
        return {name: Job("running") for name in names if self._runs[name].status.state in ACTIVE}

    def cancel(self, names: Collection[str]) -> None:
        """They are asked by their folders."""


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PER_DEVICE:
        raise UsageError(f"per-device={text:.100}: must be a whole number from 1 to {MOST_PER_DEVICE}.")
    return int(text)


def _is_yes(text: str) -> bool:
    if text not in {"", "yes", "no"}:
        raise UsageError(f"persistent={text:.100}: must be yes or no.")
    return text != "no"
