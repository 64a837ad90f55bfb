"""Several machines in one workspace: a folder of links to the copies of their runs."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from lazytui.files.writing import storage_errors
from lazytui.remote.address import Address
from lazytui.remote.host import Host, mirrors_folder
from lazytui.remote.mirror import run_of
from lazytui.runs.run_control import RunControl
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

HERE = frozenset({"compare", "side-by-side"})
"""Analyses that set runs of several machines beside each other, which no machine but this one sees."""


class Hosts:
    """A `RunControl` of several machines, and of what was started here about their runs.

    workspace: all their runs. Of a run that several have, it shows that of the first.
    """

    def __init__(
        self,
        addresses: Sequence[Address],
        here: Callable[[Workspace], RunControl],
        processes: Sequence[subprocess.Popen[bytes]] = (),
    ) -> None:
        """here: makes the control of runs of this machine. processes: the ssh of each, where they were started already.

        Raises BadInput where one can't be reached.
        """
        self._lock = threading.Lock()
        self.workspace = Workspace(_folder(addresses))
        self.workspace.title, self.workspace.is_elsewhere = " + ".join(address.text for address in addresses), True
        self._here = here(self.workspace)
        self._removed: RunControl | None = None
        self.hosts: list[Host] = []
        try:
            for address, process in zip_longest(addresses, processes):
                self.hosts.append(Host(address, process, changed=self._link))
        except BaseException:
            self.hang_up()
            for process in processes[len(self.hosts) + 1 :]:
                process.terminate()
                process.communicate()
            raise
        self._link()

    @property
    def trouble(self) -> str:
        return " ".join(host.trouble for host in self.hosts if host.trouble)

    def keep_up(self) -> None:
        for host in self.hosts:
            host.keep_up()

    def look(self) -> None:
        for host in self.hosts:
            host.look()

    def hang_up(self) -> None:
        for host in self.hosts:
            host.hang_up()

    def _link(self) -> None:
        """A link to each copy; those to what is gone go."""
        path = self.workspace.path
        with self._lock, storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            there = {name: host for host in reversed(self.hosts) for name in host.workspace.folder_names()}
            links = {entry.name: entry for entry in path.iterdir() if entry.is_symlink()}
            for name, link in links.items():
                if name not in there or link.readlink() != there[name].mirror.path / name:
                    link.unlink(missing_ok=True)
                    links = {other: one for other, one in links.items() if other != name}
            for name in there.keys() - links.keys():
                with suppress(FileExistsError):
                    (path / name).symlink_to(there[name].mirror.path / name, target_is_directory=True)

    # Each of them where the run is

    def start(self, kind: str, values: Mapping[str, object]) -> RunFolder:
        return self._shown(self._place_of(kind, values).start(kind, values))

    def submit(self, kind: str, values: Mapping[str, object], engine: str, options: Sequence[str] = ()) -> RunFolder:
        return self._shown(self._place_of(kind, values).submit(kind, values, engine, options))

    def _place_of(self, kind: str, values: Mapping[str, object]) -> RunControl:
        """Where the runs are that a run is about; the first machine where it is about none."""
        if kind in HERE:
            return self._here
        named = (value for value in values.values() if isinstance(value, str))
        runs = (run for run in map(self.workspace.run_at, named) if run)
        return next((host for run in runs if (host := self._host_of(run))), self.hosts[0])

    def stop(self, run: RunFolder) -> None:
        self._control(run).stop(run)

    def pause(self, run: RunFolder) -> None:
        self._control(run).pause(run)

    def resume(self, run: RunFolder) -> None:
        self._control(run).resume(run)

    def pause_or_resume(self, run: RunFolder) -> bool:
        return self._control(run).pause_or_resume(run)

    def rename(self, run: RunFolder, name: str) -> None:
        self._control(run).rename(run, name)

    def remove(self, runs: Sequence[RunFolder], *, for_good: bool = False) -> None:
        for control in (*self.hosts, self._here):
            if chosen := [run for run in runs if self._control(run) is control]:
                control.remove(chosen, for_good=for_good)
                self._removed = control

    def restore(self) -> Sequence[RunFolder]:
        return [self._shown(run) for run in self._removed.restore()] if self._removed else []

    def close(self) -> None:
        for control in (*self.hosts, self._here):
            control.close()

    def _control(self, run: RunFolder) -> RunControl:
        return self._host_of(run) or self._here

    def _host_of(self, run: RunFolder) -> Host | None:
        return next((host for host in self.hosts if run_of(run.path / "run.json", host.mirror.path)), None)

    def _shown(self, run: RunFolder) -> RunFolder:
        """The run as this workspace has it."""
        return self.workspace.run_at(run.id) or run


def _folder(addresses: Sequence[Address]) -> Path:
    text = "\n".join(address.text for address in addresses)
    return mirrors_folder() / f"several-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
