"""The metrics of a run as columns that grow: adding costs what is added, and a look at them costs nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.runs.events import Event, read_events

Columns = dict[str, NDArray[np.float64]]
"""By name, `step` among them, all of the same length; NaN where a point lacks that metric."""


class MetricHistory:
    """Fed with the events of a log, in order. What a resume made void is dropped."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: Columns = {"step": np.full(64, math.nan)}

    def extend(self, events: Iterable[Event]) -> bool:
        """Take in events; whether the columns changed."""
        before = self._rows
        for event in events:
            if event["kind"] == "resumed":
                self._drop_after(event["step"])
            elif event["kind"] == "metrics":
                self._drop_after(event["step"] - 1)  # steps only go up, so an earlier one is a fresh start
                self._append({**event["values"], "step": event["step"]})
        return self._rows != before

    def columns(self) -> Columns:
        """Views of what there is, which later additions leave as they are."""
        return {name: column[: self._rows] for name, column in self._columns.items()}

    def _drop_after(self, step: int) -> None:
        kept = int(np.searchsorted(self._columns["step"][: self._rows], step, side="right"))
        if kept < self._rows:
            self._rows = kept
            known = {name: column.copy() for name, column in self._columns.items()}
            kept_any = {name for name, column in known.items() if name == "step" or np.isfinite(column[:kept]).any()}
            self._columns = {name: column for name, column in known.items() if name in kept_any}

    def _append(self, row: dict[str, float | None]) -> None:
        room = len(self._columns["step"])
        if self._rows == room:
            self._columns = {name: _grown(column, 2 * room) for name, column in self._columns.items()}
        for name in row:
            if name not in self._columns:
                self._columns[name] = np.full(len(self._columns["step"]), math.nan)
        for name, column in self._columns.items():
            value = row.get(name)
            column[self._rows] = math.nan if value is None else value
        self._rows += 1


def read_history(path: Path) -> Columns:
    """The metrics of an event log, as they are now."""
    history = MetricHistory()
    history.extend(read_events(path)[0])
    return history.columns()


def _grown(column: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    grown = np.full(size, math.nan)
    grown[: len(column)] = column
    return grown
