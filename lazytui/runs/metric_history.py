"""The metrics of a run as growing columns, with amortized appending and views without copying."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.runs.events import Event, EventReader

Columns = dict[str, NDArray[np.float64]]
"""By name, `step` among them, all of the same length; NaN where a point lacks that metric."""

_MOST_NUMBERS = 1 << 24
"""The most numbers of all columns together; what a log has beyond is left out."""


class MetricHistory:
    """Collects metrics from the events of a log, in order; a resume drops those after its step."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: Columns = {"step": np.full(64, math.nan)}

    def extend(self, events: Iterable[Event]) -> bool:
        """Add events; whether the columns changed."""
        before = self._rows
        rows: list[Event] = []
        for event in events:
            if event["kind"] == "metrics":
                if rows and event["step"] <= rows[-1]["step"]:
                    self._append(rows)
                    rows = []
                rows.append(event)
            elif event["kind"] == "resumed":
                self._append(rows)
                rows = []
                self._drop_after(event["step"])
        self._append(rows)
        return self._rows != before

    def columns(self) -> Columns:
        """Views of the columns, which later additions don't change."""
        return {name: column[: self._rows] for name, column in self._columns.items()}

    def _drop_after(self, step: int) -> None:
        rows = int(np.searchsorted(self._columns["step"][: self._rows], step, side="right"))
        if rows < self._rows:
            self._rows = rows
            columns = {name: column.copy() for name, column in self._columns.items()}
            with_values = {
                name for name, column in columns.items() if name == "step" or np.isfinite(column[:rows]).any()
            }
            self._columns = {name: column for name, column in columns.items() if name in with_values}

    def _append(self, events: list[Event]) -> None:
        """Add points of increasing steps, dropping earlier points from the first of them on."""
        if not events:
            return
        self._drop_after(events[0]["step"] - 1)
        for name in dict.fromkeys(chain.from_iterable(event["values"] for event in events)):
            room = len(self._columns["step"])
            if name not in self._columns and room * (len(self._columns) + 1) <= _MOST_NUMBERS:
                self._columns[name] = np.full(room, math.nan)
        self._make_room(self._rows + len(events))
        events = events[: len(self._columns["step"]) - self._rows]
        size = self._rows + len(events)
        for name, column in self._columns.items():
            column[self._rows : size] = [event["values"].get(name) for event in events]
        self._columns["step"][self._rows : size] = [event["step"] for event in events]
        self._rows = size

    def _make_room(self, size: int) -> None:
        room = len(self._columns["step"])
        if size > room:
            larger = max(room, min(max(2 * room, size), _MOST_NUMBERS // len(self._columns)))
            self._columns = {name: _enlarge(column, larger) for name, column in self._columns.items()}


def read_history(path: Path) -> Columns:
    """The metrics of an event log, as they are now."""
    history, reader = MetricHistory(), EventReader(path)
    while events := reader.read():
        history.extend(events)
    return history.columns()


def _enlarge(column: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    grown = np.full(size, math.nan)
    grown[: len(column)] = column
    return grown
