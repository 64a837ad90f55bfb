"""The copy of another machine's workspace: a workspace whose runs have their records and states, and what was read."""

from __future__ import annotations

import base64
import binascii
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from lazytui.errors import LazytuiError
from lazytui.files.trees import make_room, remove_tree
from lazytui.files.writing import replace_atomically, storage_errors, write_atomic
from lazytui.remote.messages import MetricsRow, Piece, Row
from lazytui.remote.protocol import GROWING, LARGEST_FILE, is_run_name, is_served
from lazytui.runs.run_folder import PAUSE_FILE, RECORD_FILE, TICKET_FILE, RunFolder, RunRecord
from lazytui.runs.status import Elsewhere, Status, read_status
from lazytui.runs.workspace import Workspace

_STATUS_FILE = "status.json"
_NAME_FILE = "name"


LARGEST_COPIES = 1 << 30
"""Bytes of what was brought of the runs of all machines together."""

_IN_USE_SECONDS = 60.0


class Mirror:
    """path: the folder. at: what a person calls the machine. workspace: the copies as a workspace, only to be read.

    Its state is in the status of each run, so that several processes can keep the same copies.
    """

    def __init__(self, path: Path, at: str) -> None:
        self.path = path
        self.at = at
        self.workspace = Workspace(path)
        self._elsewhere: dict[str, tuple[Status, Elsewhere]] = {}
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)

    def stamps(self) -> dict[str, list[str]]:
        """What is here: the stamps of a run and of its metrics, by the run's name."""
        copies: dict[str, tuple[Status, Elsewhere]] = {}
        for name in filter(is_run_name, self.workspace.folder_names()):
            with suppress(OSError, ValueError):
                status = read_status(self.path / name / _STATUS_FILE)
                if status.elsewhere and (self.path / name / RECORD_FILE).is_file():
                    copies[name] = status, status.elsewhere
        self._elsewhere = copies
        return {name: [elsewhere.stamp, elsewhere.metrics_stamp] for name, (_, elsewhere) in self._elsewhere.items()}

    def files_of(self, name: str) -> tuple[str, ...]:
        """Those that a run has over there."""
        return self._elsewhere[name][1].files if name in self._elsewhere else ()

    # What the server says

    def take(self, row: Row) -> None:
        """Bring the copy of a run up to date. Raises BadInput where it can't be written."""
        folder = self.path / row.run
        copy = self._elsewhere.get(row.run)
        if copy is None and row.record is None and not row.damage:
            return  # it is sent whole when everything is asked for again
        with storage_errors(folder):
            is_new = _make(folder)
            if copy and copy[1].files_stamp != row.files_stamp:
                self._drop_files(folder)
            for file, content in _small_files(row):
                if content is not None or not is_new:
                    _write_small(folder / file, content)
            metrics = {"metrics": copy[1].metrics, "metrics_stamp": copy[1].metrics_stamp} if copy else {}
            elsewhere = Elsewhere(
                at=self.at,
                size=row.size,
                files=row.files,
                stamp=row.stamp,
                files_stamp=row.files_stamp,
                **metrics,
            )
            self._write_status(row.run, _status(row), elsewhere)
            if row.record is not None or row.damage:
                _write_record(folder, row, is_new=copy is None)

    def take_metrics(self, row: MetricsRow) -> None:
        if row.run in self._elsewhere:
            status, elsewhere = self._elsewhere[row.run]
            update = {"metrics": row.metrics, "metrics_stamp": row.stamp}
            self._write_status(row.run, status, elsewhere.model_copy(update=update))

    def forget(self, name: str) -> None:
        """Remove the copy of a run that is gone over there."""
        self._elsewhere.pop(name, None)
        if (self.path / name / RECORD_FILE).is_file():
            with suppress(OSError):  # another process may be about it
                remove_tree(self.path / name, last=RECORD_FILE)

    def _write_status(self, name: str, status: Status, elsewhere: Elsewhere) -> None:
        status = status.model_copy(update={"elsewhere": elsewhere})
        self._elsewhere[name] = status, elsewhere
        path = self.path / name / _STATUS_FILE
        text = status.model_dump_json(exclude_none=True) + "\n"
        if path.exists():
            write_atomic(path, text)
        else:
            path.write_text(text)

    def _drop_files(self, folder: Path) -> None:
        """Of a run that has others now: they are brought again when they are read."""
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_served(entry.name) and entry.name not in GROWING:
                    Path(entry.path).unlink(missing_ok=True)

    # Files

    def offset(self, name: str, file: str) -> int:
        """Bytes that are here of a file."""
        try:
            return (self.path / name / file).stat().st_size
        except OSError:
            return 0

    def append(self, piece: Piece) -> bool:
        """Write a piece of a file that grows at its place; whether there may be more of it.

        One that is shorter over there than here was begun anew, and is so here.
        """
        path = self.path / piece.run / piece.file
        if piece.size is None or not path.parent.is_dir():
            return False
        content = content_of(piece)
        if piece.size < piece.offset:
            with storage_errors(path):
                path.unlink(missing_ok=True)
            return True
        if not content or piece.offset > self.offset(piece.run, piece.file):
            return False
        with storage_errors(path), open(path, "r+b" if path.exists() else "wb") as opened:  # noqa: PTH123 - as short
            opened.seek(piece.offset)
            opened.write(content)
        return piece.offset + len(content) < min(piece.size, LARGEST_FILE)

    def write_whole(self, name: str, file: str, pieces: Iterator[bytes]) -> None:
        """Write a file, once all of it is here."""
        with replace_atomically(self.path / name / file) as temporary, temporary.open("wb") as opened:
            for content in pieces:
                opened.write(content)


def limit_copies(mirrors: Path) -> None:
    """Remove files of other machines' runs beyond the size limit, those that were read longest ago first.

    They come again when they are read. Records and states stay, so that lists do; so do files in use.
    """
    make_room(_brought(mirrors), LARGEST_COPIES, _is_in_use)


def _brought(mirrors: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(mirrors):  # which follows no links, of which folders of several machines consist
        yield from (Path(folder) / file for file in files if is_served(file))


def mark_as_used(file: Path) -> None:
    """Without another time of its content, by which it is seen to change."""
    with suppress(OSError):
        os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))


def _is_in_use(file: Path) -> bool:
    info = file.stat(follow_symlinks=False)
    return time.time() - max(info.st_mtime, info.st_atime) < _IN_USE_SECONDS


def _make(folder: Path) -> bool:
    """Whether it wasn't there."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _small_files(row: Row) -> Iterator[tuple[str, str | None]]:
    """Files of few bytes that come with a row, and what is in them; None where they aren't there."""
    yield _NAME_FILE, f"{row.name}\n" if row.name else None
    yield TICKET_FILE, row.ticket.model_dump_json(exclude_none=True) if row.ticket else None
    yield PAUSE_FILE, "" if row.pausing else None


def _write_small(path: Path, content: str | None) -> None:
    """Where it differs."""
    if content is None:
        path.unlink(missing_ok=True)
    elif not path.is_file() or path.read_text(errors="replace") != content:
        write_atomic(path, content)


def content_of(piece: Piece) -> bytes:
    """Raises ValueError where it is damaged."""
    if piece.text is not None:
        return piece.text.encode()
    try:
        return base64.b64decode(piece.base64 or "", validate=True)
    except binascii.Error as error:
        raise ValueError("a piece of a file is damaged") from error


def run_of(path: Path, mirror: Path) -> str | None:
    """The run whose file that is, also where its folder is a link to the copy; None where it is no file of a copy."""
    folder = os.path.realpath(path.parent)
    return os.path.basename(folder) if os.path.dirname(folder) == str(mirror) else None  # noqa: PTH119, PTH120


def _status(row: Row) -> Status:
    """heartbeat: when it was seen here, since clocks differ."""
    heartbeat = row.ended if row.ended is not None else time.time()
    values = {name: getattr(row, name) for name in ("state", "started", "ended", "progress", "error")}
    return Status(heartbeat=heartbeat, **values)


def _write_record(folder: Path, row: Row, *, is_new: bool) -> None:
    """The record, where it is one; else what makes the run a damaged one. Written last, it makes the folder a run."""
    text = row.damage or "damaged"
    with suppress(ValidationError, LazytuiError):
        if row.record is not None:
            text = RunRecord.model_validate(row.record).model_dump_json(exclude_none=True)
    path = folder / RECORD_FILE
    if is_new:
        path.write_text(text + "\n", errors="replace")
    else:
        write_atomic(path, (text + "\n").encode(errors="replace"))


def copies_of(workspace: Workspace) -> Iterator[RunFolder]:
    """The runs of a workspace that are copies of another machine's."""
    return (run for run in workspace.runs() if run.status.elsewhere)
