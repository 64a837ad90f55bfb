"""A run as a row of what the server sends: little, since a thousand of them have to come over a slow line."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any

from lazytui.errors import BadInput
from lazytui.files.trees import size_of_tree
from lazytui.files.writing import reason
from lazytui.remote.protocol import GROWING, is_served
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE, Status


def stamp_of(content: object) -> str:
    """Another one where the content is another one."""
    return f"{zlib.crc32(json.dumps(content, separators=(',', ':'), default=str).encode()):08x}"


def row_of(run: RunFolder) -> tuple[dict[str, Any], str]:
    """The run as it is now, as `messages.Row` has it, and the stamp of its record alone."""
    row: dict[str, Any] = {"run": run.id, **_state(run.status)}
    record, record_stamp = None, ""
    try:
        record = run.record.model_dump(mode="json", exclude_none=True)
        record_stamp = stamp_of(record)
    except BadInput as error:
        row["damage"] = str(error)
    if name := run.name:
        row["name"] = name
    if row["state"] in ACTIVE and run.pause_file.exists():
        row["pausing"] = True
    if row["state"] == "queued" and (ticket := run.ticket):
        row["ticket"] = ticket.model_dump(exclude_none=True)
    row |= _files(run.path)
    row["stamp"] = stamp_of([record_stamp, row])
    return row if record is None else {**row, "record": record}, record_stamp


def without_record(row: dict[str, Any]) -> dict[str, Any]:
    """For whom knows it already."""
    return {name: value for name, value in row.items() if name != "record"}


def _state(status: Status) -> dict[str, Any]:
    state: dict[str, Any] = {"state": status.state}
    for name in ("started", "ended"):
        if (value := getattr(status, name)) is not None:
            state[name] = round(value, 1)
    if status.error:
        state["error"] = status.error
    if status.progress and status.state != "done":
        state["progress"] = status.progress.model_dump()
    return state


def _files(folder: Path) -> dict[str, Any]:
    """What can be asked for of its files, and their stamp: of those that don't only grow."""
    size, files, stamps = 0, [], []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    size += size_of_tree(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    info = entry.stat(follow_symlinks=False)
                    size += info.st_size
                    if is_served(entry.name):
                        files.append(entry.name)
                        if entry.name not in GROWING:
                            stamps.append((entry.name, info.st_size, info.st_mtime_ns))
    except OSError as error:  # it is going, or can't be looked into
        return {"size": size, "damage": f"Its folder can't be read: {reason(error)}."}
    return {"size": size, "files": files, "files_stamp": stamp_of(stamps)}
