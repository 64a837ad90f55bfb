"""Results of another machine copied into a workspace of this one, where they stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lazytui.errors import UsageError
from lazytui.files.reading import open_regular
from lazytui.files.writing import replace_atomically, storage_errors, write_atomic
from lazytui.remote.host import Host
from lazytui.remote.protocol import EVENTS_FILE
from lazytui.runs.run_folder import AUTOENCODER_FILE, LABELS_FILE, RECORD_FILE, TRACEBACK_FILE, WEIGHTS_FILE, RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace

_SMALL = ("result.json", "arrays.safetensors", LABELS_FILE)
_RESULTS = (*_SMALL, "report.html", EVENTS_FILE, TRACEBACK_FILE)
_NETWORKS = (WEIGHTS_FILE, AUTOENCODER_FILE)


def sync(
    host: Host, copies: Iterable[RunFolder], workspace: Workspace, *, weights: bool
) -> Iterator[tuple[RunFolder, str]]:
    """Copy ended runs with what they found, or what is missing of those that are here; each with what became of it.

    weights: also the networks and autoencoders. Raises BadInput where the line or the disk doesn't allow it; what was
    copied until then is whole.
    """
    ended = [run for run in copies if run.status.state not in ACTIVE]
    host.bring_all(
        [(run.id, file) for run in ended for file in _SMALL if not (workspace.path / run.id / file).exists()]
    )
    for run in ended:
        there = run.status.elsewhere
        files = [file for file in (there.files if there else ()) if _is_wanted(file, weights=weights)]
        own = workspace.run_at(run.id)
        missing = [file for file in files if own is None or not (own.path / file).is_file()]
        if own is None:
            own = _copy_whole(run, workspace, missing)
            yield own, "copied"
        elif missing:
            _copy_files(run, own.path, missing)
            yield own, f"completed by {', '.join(missing)}"
        else:
            yield own, ""


def _is_wanted(file: str, *, weights: bool) -> bool:
    return file in _RESULTS or (weights and (file in _NETWORKS or file.startswith("weights-at-")))


def _copy_whole(run: RunFolder, workspace: Workspace, files: Iterable[str]) -> RunFolder:
    """The folder appears whole or not at all."""
    building = workspace.path / f".{run.id}.new"
    record, status = run.record.model_dump_json(indent=1), run.status.model_copy(update={"elsewhere": None})
    with storage_errors(workspace.path):
        try:
            building.mkdir(parents=True)
            write_atomic(building / RECORD_FILE, record + "\n")
            RunFolder(building, "").set_status(status)
            _copy_files(run, building, files)
            building.rename(workspace.path / run.id)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
    own = RunFolder(workspace.path / run.id, run.id)
    if run.name:
        with suppress(UsageError):  # another run here is called so
            workspace.rename(own, run.name)
    return own


def _copy_files(run: RunFolder, folder: Path, files: Iterable[str]) -> None:
    for file in files:
        with open_regular(run.path / file) as source, replace_atomically(folder / file) as temporary:
            _copy(source, temporary)


def _copy(source: BinaryIO, target: Path) -> None:
    with target.open("wb") as opened:
        shutil.copyfileobj(source, opened)
