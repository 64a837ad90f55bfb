"""The columns of the table of runs: what each says of a run, what it sorts by, and which stand where room is short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from lazytui.plain_text import plain_text
from lazytui.runs.formatting import age_text, duration_text, size_text
from lazytui.runs.human_names import human_name
from lazytui.runs.workspace_watch import RunLine, size_of_run

_SHORTEST_NAME = 30


@dataclass(frozen=True)
class RunColumn:
    """value: what rows are sorted by; None where a run has nothing of it. text: of a value. width: in cells; 0 for that
    of its longest text, up to `longest`. leaves: the lower, the sooner it gives way to the name where room is short; 0
    for never."""

    name: str
    value: Callable[[RunLine], Any]
    text: Callable[[Any], str] = str
    width: int = 0
    leaves: int = 0
    right: bool = False
    longest: int = 16

    def cell(self, line: RunLine) -> str:
        value = self.value(line)
        return "" if value is None else plain_text(self.text(value))


def _parameter(name: str) -> Callable[[RunLine], Any]:
    """Of trainings: what they were asked to train."""

    def value(line: RunLine) -> str | None:
        value_of_run = line.record.params.get(name) if line.record and line.kind == "train" else None
        return value_of_run if isinstance(value_of_run, str) else None

    return value


def _method(line: RunLine) -> str | None:
    """How it was trained, or that it was added as it is."""
    params = line.record.params if line.record and line.kind == "train" else {}
    is_added = params.get("weights") is not None and params.get("epochs") == 0
    return "added" if is_added else _parameter("method")(line)


def _data(line: RunLine) -> str | None:
    """`strokes 95%`: where the images are from, and how often the cue predicts their class, where that is known."""
    params = line.record.params if line.record else {}
    source, bias = params.get("source"), params.get("bias")
    if not isinstance(source, str):
        return None
    return f"{source} {bias:.0%}" if isinstance(bias, float) else source


def _accuracy(split: str) -> Callable[[RunLine], float | None]:
    return lambda line: line.metrics.get(f"{split}_accuracy")


def _duration(line: RunLine) -> float | None:
    status = line.status
    return status.ended - status.started if status.started is not None and status.ended is not None else None


class _Sizes:
    """Bytes of the folders of runs, each looked up once as long as it doesn't change."""

    def __init__(self) -> None:
        self._cached: dict[str, tuple[object, int]] = {}

    def __call__(self, line: RunLine) -> int:
        state = line.status.state, line.status.heartbeat
        cached = self._cached.get(line.run.reference)
        if cached is None or cached[0] != state:
            cached = self._cached[line.run.reference] = state, size_of_run(line)
        return cached[1]


def _at(line: RunLine) -> str | None:
    """The machine that it is on, where that isn't this one."""
    return line.status.elsewhere.at.partition(":")[0] if line.status.elsewhere else None


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


COLUMNS = (
    RunColumn("kind", lambda line: line.kind, leaves=7),
    RunColumn("name", human_name),
    RunColumn("state", lambda line: None if line.state == "done" else line.state, leaves=9, longest=24),
    RunColumn("method", _method, leaves=3),
    RunColumn("model", _parameter("model"), leaves=2),
    RunColumn("data", _data, leaves=1),
    RunColumn("seed", lambda line: line.seed, width=5, leaves=5, right=True),
    RunColumn("easy", _accuracy("easy"), _percent, width=5, right=True),
    RunColumn("hard", _accuracy("hard"), _percent, width=5, right=True),
    RunColumn("time", _duration, duration_text, width=6, leaves=6, right=True),
    RunColumn("size", _Sizes(), size_text, width=6, leaves=4, right=True),
    RunColumn("at", _at, leaves=8),
    RunColumn("age", lambda line: -line.created, lambda age: age_text(-age), width=6, right=True),
)


def sorted_by(column: RunColumn, lines: Sequence[RunLine], *, descending: bool) -> list[RunLine]:
    """The lines by a column's values, those that have none last; equal ones stay as they were."""
    values = [(column.value(line), line) for line in lines]
    sorted_lines = sorted(
        (entry for entry in values if entry[0] is not None), key=lambda entry: entry[0], reverse=descending
    )
    return [line for _, line in sorted_lines] + [line for value, line in values if value is None]


def fitting(lines: Sequence[RunLine], room: int) -> list[tuple[RunColumn, int]]:
    """The columns that fit into `room` cells beside a name that can be read, each with its width; the name takes what
    is left. One that no line has anything of is left out, but for the sizes: they are looked up only when drawn."""
    widths = {column: column.width or _width(column, lines) for column in COLUMNS if column.name != "name"}
    shown = [column for column in COLUMNS if widths.get(column, 1)]

    def left() -> int:
        return room - sum(widths.get(column, 0) + 1 for column in shown)

    for column in sorted((column for column in shown if column.leaves), key=lambda column: column.leaves):
        if left() < _SHORTEST_NAME:
            shown.remove(column)
    name = max(left(), 1)
    return [(column, widths.get(column, name)) for column in shown]


def _width(column: RunColumn, lines: Sequence[RunLine]) -> int:
    """Of the longest text, within reason; 0 where there is none, or one machine that all are on."""
    texts = {column.text(value) for line in lines if (value := column.value(line)) is not None}
    if column.value is _at and len(texts) == 1:
        return 0
    longest = max(map(cell_len, texts), default=0)
    return min(max(longest, len(column.name) + 1), column.longest) if longest else 0
