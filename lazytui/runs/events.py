"""The event log of a run: one JSON object a line, appended while it runs, and a reader that follows it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from lazytui.files.reading import open_regular, open_to_append
from lazytui.files.writing import storage_errors
from lazytui.runs.results.saved_result import json_number

Event = dict[str, Any]
"""Always has `kind` (str) and `time` (seconds since the epoch); the rest depends on the kind:

metrics: step, values (name -> number or null).   progress: done, total, unit (str).
note: text (str).   resumed: step: metrics of later steps before this line are void.
Steps and what is counted are whole numbers from 0 to 2**63. A log names so many metrics at the most.
continued: the run was paused; nothing was done since the event before.
"""


LONGEST_NAME = 100
_MOST_NAMES = 64
"""Characters of a metric's name; metrics that a log may name: each is a column over all points."""

_LONGEST_LINE = 1 << 20
_MOST_AT_ONCE = 4 << 20
_MOST_IN_VAIN = 64 << 20
_MOST = 1 << 30
"""Bytes: of a line; of lines that are read in one go; that are searched for an event at one call; of a log."""


class EventLog:
    """Writes the log. A line is one write, so that a kill tears at most the last line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with storage_errors(path):
            self._file = open_to_append(path)
            if _is_torn(path):
                self._file.write(b"\n")

    def append(self, kind: str, **fields: object) -> None:
        event = {"kind": kind, "time": round(time.time(), 3), **fields}
        line = json.dumps(_finite(event), separators=(",", ":")).encode() + b"\n"
        with storage_errors(self._path):
            before = self._file.seek(0, os.SEEK_END)
            try:
                while line:  # a disk that is nearly full takes a part, and says that it is full at the next try
                    line = line[self._file.write(line) :]
            except OSError:
                self._file.truncate(before)
                raise

    def close(self) -> None:
        self._file.close()


class EventReader:
    """Reads the log from where it stopped: waits for an incomplete last line, skips damaged ones and counts them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._names: set[str] = set()
        self.damaged = 0

    def read(self, most: int = 2000) -> list[Event]:
        """The next events, at most `most`; none if nothing is new, after much damage, and beyond the size limit."""
        start = self._offset
        while self._offset - start < _MOST_IN_VAIN and (lines := self._lines(most)):
            self._offset += sum(map(len, lines))
            events = [event for event in _parse_lines(lines) if _well_formed(event) and self._may_name(event)]
            self.damaged += sum(1 for line in lines if line.strip()) - len(events)
            if events:
                return events
        return []

    def _may_name(self, event: Event) -> bool:
        """Whether an event's metrics keep the log within its number of names."""
        if event["kind"] == "metrics" and not self._names.issuperset(event["values"]):
            named = self._names.union(event["values"])
            if len(named) > _MOST_NAMES:
                return False
            self._names = named
        return True

    def _lines(self, most: int) -> list[bytes]:
        """The next complete lines; too long ones in pieces."""
        lines: list[bytes] = []
        try:
            with open_regular(self._path) as file:
                if file.seek(0, os.SEEK_END) < self._offset:
                    self._offset, self._names = 0, set()  # the file was begun anew
                end = file.seek(self._offset)
                while len(lines) < most and end - self._offset < _MOST_AT_ONCE and end < _MOST:
                    line = file.readline(_LONGEST_LINE)
                    if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
                        break
                    lines.append(line)
                    end += len(line)
        except OSError:  # not there yet, or nothing that can be read as a file
            return []
        return lines


def _parse_lines(lines: list[bytes]) -> list[Any]:
    """The lines that are JSON, parsed: together, which takes a quarter of the time, or one by one if one is damaged."""
    with suppress(ValueError):
        together: list[Any] = from_json(b"[" + b",".join(lines) + b"]")
        if len(together) == len(lines):
            return together
    values = []
    for line in lines:
        with suppress(ValueError, RecursionError):
            values.append(json.loads(line))
    return values


def _well_formed(event: object) -> bool:
    """Whether an event has the fields of its kind, so that readers needn't check; unknown kinds pass."""
    match event:
        case {"kind": "metrics", "step": int(step), "values": dict(values)}:
            return _is_count(step) and all(_is_named(name) and _is_measure(value) for name, value in values.items())
        case {"kind": "progress", "time": when, "done": int(done), "total": int(total), "unit": str()}:
            return _is_number(when) and _is_count(done) and _is_count(total)
        case {"kind": "note", "text": str()}:
            return True
        case {"kind": "resumed", "step": int(step)}:
            return _is_count(step)
        case {"kind": "metrics" | "progress" | "note" | "resumed"}:
            return False
        case {"kind": str()}:
            return True
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and json_number(value) is not None


def _is_measure(value: object) -> bool:
    return value is None or _is_number(value)


def _is_count(number: int) -> bool:
    return 0 <= number < 2**63


def _is_named(name: str) -> bool:
    return len(name) <= LONGEST_NAME


def _is_torn(path: Path) -> bool:
    with open_regular(path) as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _finite(value: object) -> object:
    """The same with null where a number isn't moderate."""
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, Mapping):
        return {str(name): _finite(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value
