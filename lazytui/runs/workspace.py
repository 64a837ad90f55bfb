"""The workspace: the folder of runs, and references to runs by id, name or path."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lazytui import __version__
from lazytui.counted_nouns import counted
from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.files.package_data import package_folder
from lazytui.files.trees import remove_tree
from lazytui.files.writing import is_file, is_folder, storage_errors, write_atomic
from lazytui.runs.locks import hold_lock
from lazytui.runs.run_folder import RECORD_FILE, RunFolder, RunRecord, check_name
from lazytui.runs.status import ACTIVE, Status, own_process

_SHIPPED = "shipped/"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NAMING_FILE = ".naming"
_NAMING_SECONDS = 5.0
_NEW, _REMOVED = ".new", ".removed"
"""How the hidden folders of runs end that are being made, or removed."""
_LONGEST_MAKING = 86_400.0
"""Seconds after which nobody is making a run any more."""
_LIBRARIES = ("torch", "numpy")


class Workspace:
    """A folder of run folders. It needn't exist before the first run is created.

    title: what a person calls it. is_elsewhere: whether it holds copies of what is on other machines.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.title = str(path)
        self.is_elsewhere = False

    def runs(self) -> list[RunFolder]:
        """Every run, oldest first. Folders that aren't runs are passed over."""
        return sorted(self._runs(), key=_age)

    def _runs(self) -> Iterator[RunFolder]:
        """Every run, in no order: none is read for it."""
        with suppress(OSError):
            yield from filter(None, map(self.run_at, self.folder_names()))

    def folder_names(self) -> list[str]:
        """Of all that may be runs. Raises OSError where the workspace isn't there or can't be read."""
        with os.scandir(self.path) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".")]

    def run_at(self, name: str) -> RunFolder | None:
        """The run whose folder in this workspace has that name; None where there is none."""
        if not name or name.startswith(".") or os.sep in name:
            return None
        run = RunFolder(self.path / name, name)
        return run if _is_run(run.path) else None

    def readable_runs(self) -> list[RunFolder]:
        """Every run whose record can be read, oldest first."""
        return [run for run in self.runs() if _kind(run)]

    def create(
        self,
        kind: str,
        params: dict[str, Any],
        *,
        label: str = "",
        name: str | None = None,
        parents: Iterable[str] = (),
        started_by: str | None = None,
        fill: Callable[[Path], object] = lambda _: None,
    ) -> RunFolder:
        """A new queued run. The folder appears whole or not at all.

        fill: puts into the folder what else the run begins with.
        """
        if name is not None:
            self._check_free(check_name(name))
        try:
            record = RunRecord(
                kind=kind,
                params=params,
                created=time.time(),
                seed=params.get("seed"),
                device=params.get("device"),
                parents=tuple(parents),
                started_by=started_by,
                versions={"lazytui": __version__} | {library: metadata.version(library) for library in _LIBRARIES},
            )
        except ValidationError as error:
            raise UsageError(f"{error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
        run, building = self._new_folder(kind, label)
        try:
            with storage_errors(self.path):
                write_atomic(building / RECORD_FILE, record.model_dump_json(indent=1) + "\n")
                queued = {"state": "queued", "heartbeat": time.time(), **own_process()}
                RunFolder(building, "").set_status(Status.model_validate(queued))
                fill(building)
                if name is None:
                    building.rename(run.path)
                else:
                    RunFolder(building, "").set_name(name)
                    with self._naming(name):
                        building.rename(run.path)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        return RunFolder(run.path, run.id)

    def _new_folder(self, kind: str, label: str) -> tuple[RunFolder, Path]:
        """A run that isn't there yet, and the empty folder that becomes it. Of a thousand in a minute two may draw the
        same id: then another one is drawn."""
        with storage_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            while True:
                run = RunFolder(self.path / _new_id(kind, label), "")
                building = self.path / f".{run.id}{_NEW}"
                with suppress(FileExistsError):
                    building.mkdir()
                    if not os.path.lexists(run.path):
                        return run, building
                    building.rmdir()

    def find(self, reference: str, *, kinds: Collection[str] = ()) -> RunFolder:
        """The run that a person means: a folder, an id, its unique beginning or end, a name, `latest`, `shipped/NAME`.

        kinds: what it may be; `latest` is then the latest of those. Raises BadInput when there is none or several.
        """
        run = self._find(reference, kinds)
        if kinds and run.record.kind not in kinds:
            raise BadInput(f"{run.reference} is a run of {run.record.kind!r}; one of {' or '.join(kinds)} is needed.")
        return run

    def _find(self, reference: str, kinds: Collection[str]) -> RunFolder:
        if not reference:
            raise UsageError("The name of a run can't be empty.")
        if reference.startswith(_SHIPPED):
            return shipped_run(reference.removeprefix(_SHIPPED))
        if os.sep in reference or reference in {".", ".."}:
            return _folder(Path(reference))
        if reference == "latest":
            return self._latest(self.runs(), kinds)
        if run := self.run_at(reference):
            return run
        runs = list(self._runs())
        for matches in (
            [run for run in runs if reference == run.name],
            [run for run in runs if run.id.startswith(reference) or run.id.endswith("-" + reference)],
        ):
            if len(matches) == 1:
                return matches[0]
            if matches:
                several = ", ".join(run.id for run in matches[:5])
                raise BadInput(f"{reference!r} matches {counted(len(matches), 'run')}: {several}.")
        if is_folder(Path(reference)) or is_file(Path(reference)):
            return _folder(Path(reference))
        own, shipped = reversed(_of_kinds(self.runs(), kinds)), _of_kinds(shipped_runs(), kinds)
        names = [name for run in own for name in (run.name, run.id) if name] + [run.reference for run in shipped]
        raise BadInput(unknown_name("run", reference, names, most=8))

    def _latest(self, runs: list[RunFolder], kinds: Collection[str]) -> RunFolder:
        fitting = _of_kinds(runs, kinds) if kinds else [run for run in runs if not _is_part(run)] or runs
        if not fitting:
            what = f" of {' or '.join(kinds)}" if kinds else ""
            commands = " or ".join(f"`lazytui run {kind}`" for kind in kinds) or "`lazytui run`"
            raise BadInput(f"No run{what} in {self.path} yet; {commands} creates one.")
        return fitting[-1]

    def rename(self, run: RunFolder, name: str) -> None:
        """Give a run a name. Raises UsageError for one that can't be a name or that another run has."""
        self.require_own(run, "renamed")
        with self._naming(name, run):
            run.set_name(name)

    def remove(self, run: RunFolder) -> None:
        """Delete a run's folder for good. A going run is refused, and so is one outside this workspace."""
        self.require_removable(run)
        self._clear_up()
        leaving = run.path.with_name(f".{run.id}{_REMOVED}")
        with storage_errors(run.path):
            run.path.rename(leaving)
            try:
                remove_tree(leaving, last=RECORD_FILE)
            except OSError:
                leaving.rename(run.path)  # what is left of it isn't hidden from who wants to remove it
                raise

    def require_removable(self, run: RunFolder) -> None:
        """Raise UsageError for a going run, and for one that isn't in this workspace."""
        self.require_own(run, "removed")
        if run.path.is_symlink():
            raise UsageError(f"{run.path} is a link to a run elsewhere, so it isn't removed.")
        if run.status.state in ACTIVE:
            raise UsageError(f"{run.id} is running; stop it first: lazytui runs stop {run.id}")

    def require_free_name(self, run: RunFolder) -> None:
        """Raise UsageError where another run was given meanwhile the name of one that was removed."""
        if run.name:
            self._check_free(run.name)

    def _clear_up(self) -> None:
        """Remove what a killed process may have left: runs that were being removed, or made long ago."""
        with suppress(OSError), os.scandir(self.path) as entries:
            for entry in entries:
                if _is_left(entry):
                    with suppress(OSError):  # another process may be about it
                        remove_tree(Path(entry.path), last=RECORD_FILE)

    @contextmanager
    def _naming(self, name: str, named: RunFolder | None = None) -> Iterator[None]:
        """Give a free name within: meanwhile no other process gives one, so that two can't give the same.

        named: the run that is given it, which may be called so already.
        """
        check_name(name)
        busy = f"Another process is naming a run in {self.path}; try again."
        with hold_lock(self.path / _NAMING_FILE, patience=_NAMING_SECONDS, message=busy):
            self._check_free(name, named)
            yield

    def _check_free(self, name: str, named: RunFolder | None = None) -> None:
        others = (run for run in self._runs() if named is None or run.id != named.path.resolve().name)
        if any(name in {run.name, run.id} for run in others):
            raise UsageError(f"Another run is called {name!r} already; rename or remove it first.")

    def reference(self, run: RunFolder) -> str:
        """What names the run from now on, also after others came: its id here, else its whole path."""
        if self._holds(run):
            return run.id
        return run.reference if run.reference.startswith(_SHIPPED) else str(run.path.resolve())

    def require_own(self, run: RunFolder, done: str) -> None:
        """Raise UsageError for a run of elsewhere, which is only read: its record may name code of somebody else."""
        if not self._holds(run):
            raise UsageError(f"{run.reference} isn't in the workspace {self.path}, so it can't be {done}.")

    def _holds(self, run: RunFolder) -> bool:
        return run.path.parent.resolve() == self.path.resolve()


@cache
def shipped_runs() -> tuple[RunFolder, ...]:
    """The small trained models that the package ships, and finished results of them, as runs."""
    folders = sorted(path.parent for path in package_folder("checkpoints").glob(f"*/{RECORD_FILE}"))
    return tuple(RunFolder(path, _SHIPPED + path.name) for path in folders)


def shipped_run(name: str) -> RunFolder:
    runs = {run.id: run for run in shipped_runs()}
    if name not in runs:
        raise BadInput(unknown_name("shipped model", name, runs))
    return runs[name]


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Whether it is a run that is being removed, or one that was being made long ago; nothing else of that name."""
    if not entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False) or not _is_run(Path(entry.path)):
        return False
    old = abs(time.time() - entry.stat(follow_symlinks=False).st_mtime) > _LONGEST_MAKING
    return entry.name.endswith(_REMOVED) or (entry.name.endswith(_NEW) and old)


def _is_run(path: Path) -> bool:
    """False also for a folder that we may not look into."""
    return os.path.isfile(f"{path}/{RECORD_FILE}")  # noqa: PTH113 - takes half as long as that of a Path


def _folder(path: Path) -> RunFolder:
    if is_file(path):
        raise BadInput(
            f"{path} is a file, not a run. To import weights: `lazytui add {path} --model NAME`, with the "
            "options of the data set to test the network on."
        )
    if not _is_run(path):
        raise BadInput(f"{path} isn't a run: it has no {RECORD_FILE}.")
    return RunFolder(path.resolve() if path.name in {"", ".."} else path, str(path))


def _new_id(kind: str, label: str) -> str:
    token = "".join(secrets.choice(_LETTERS) for _ in range(4))
    return "-".join(part for part in (datetime.now().strftime("%Y%m%d-%H%M"), kind, label, token) if part)


def _age(run: RunFolder) -> tuple[float, str]:
    """Order by creation; a damaged record sorts first, where it does no harm."""
    try:
        return run.record.created, run.id
    except BadInput:
        return 0.0, run.id


def _of_kinds(runs: Iterable[RunFolder], kinds: Collection[str]) -> list[RunFolder]:
    """Those of these kinds; all where none is named."""
    return [run for run in runs if not kinds or _kind(run) in kinds]


def _is_part(run: RunFolder) -> bool:
    """Whether another run began it, as a study its trainings: a person who says `latest` means what they began."""
    try:
        return run.record.started_by is not None
    except BadInput:
        return False


def _kind(run: RunFolder) -> str:
    try:
        return run.record.kind
    except BadInput:
        return ""
