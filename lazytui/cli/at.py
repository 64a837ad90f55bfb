"""`--at`: the runs of other machines instead of those of this one."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lazytui.cli.common_options import workspace_at

if TYPE_CHECKING:
    from lazytui.remote.host import Host
    from lazytui.remote.several import Hosts
    from lazytui.runs.run_control import RunControl
    from lazytui.runs.workspace import Workspace

AtOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="[USER@]HOST[:WORKSPACE]",
        help="Use the runs of another machine, over ssh without a password. Repeatable.",
    ),
]

RemoteLazytuiOption = Annotated[
    str | None,
    typer.Option(metavar="COMMAND", help="With --at: the command that starts lazytui there.", show_default="lazytui"),
]


@dataclass(frozen=True)
class RunLocation:
    """Where runs are. hosts: the other machines; None for this one. at: as they were typed.

    control: does something about the runs.
    """

    workspace: Workspace
    hosts: Host | Hosts | None = None
    at: tuple[str, ...] = ()

    @cached_property
    def control(self) -> RunControl:
        from lazytui.analyses.core.local_runs import LocalRuns

        return self.hosts or LocalRuns(self.workspace)

    @property
    def options(self) -> str:
        """What a command has to be given, behind it, to mean these runs; empty for this machine's."""
        return "".join(f" --at {shlex.quote(text)}" for text in self.at)

    @property
    def poll_seconds(self) -> float:
        """How often a run is looked at that is followed."""
        return 0.1 if self.hosts else 0.5


def location_of(workspace: Path | None, at: list[str] | None, remote_lazytui: str | None = None) -> RunLocation:
    """This machine's workspace, or that of the machines that are named, connected to until the command ends.

    Raises UsageError, and BadInput where one can't be reached.
    """
    from lazytui.errors import UsageError

    if at and workspace:
        raise UsageError("--workspace is a folder on this machine; with --at, name the one there: --at HOST:WORKSPACE.")
    if not at and remote_lazytui:
        raise UsageError("--remote-lazytui is for --at: it starts lazytui on another machine.")
    if not at:
        return RunLocation(workspace_at(workspace))
    hosts = connect(at, remote_lazytui)
    _connected.append(hosts)
    return RunLocation(hosts.workspace, hosts, tuple(at))


def connect(at: list[str], remote_lazytui: str | None) -> Host | Hosts:
    """The machines that are named. Raises LazytuiError."""
    from lazytui.remote.address import parse_address

    addresses = list(dict.fromkeys(parse_address(text, remote_lazytui) for text in at))
    processes = [address.start() for address in addresses]  # before all that takes time, and at the same time
    if len(addresses) == 1:
        from lazytui.remote.host import Host

        return Host(addresses[0], processes[0])
    from lazytui.analyses.core.local_runs import LocalRuns
    from lazytui.remote.several import Hosts

    return Hosts(addresses, LocalRuns, processes)


_connected: list[Host | Hosts] = []


def hang_up() -> None:
    """Disconnect from all machines that a command was connected to."""
    while _connected:
        _connected.pop().hang_up()
