"""The event log: written by one, followed by others, torn by kills and damaged by whatever damages files."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazytui.errors import BadInput
from lazytui.runs.events import EventLog, EventReader
from lazytui.runs.results.saved_result import LARGEST
from tests.commands import read_events

NUMBERS = st.none() | st.floats() | st.integers(-(2**63), 2**63)
NAMES = st.sampled_from(["", "\x1b", "Ä" * 100, "loss"]) | st.text(max_size=3)
"""So few that a log doesn't name more than it may."""
VALUES = st.dictionaries(NAMES, NUMBERS, max_size=3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def write(path: Path, *lines: str | bytes) -> None:
    path.write_bytes(b"".join(line.encode() if isinstance(line, str) else line for line in lines))


def metrics(step: int, **values: float | None) -> str:
    return json.dumps({"kind": "metrics", "time": 1.0, "step": step, "values": values}) + "\n"


def resumed(step: int) -> str:
    return json.dumps({"kind": "resumed", "time": 1.0, "step": step}) + "\n"


@given(st.lists(st.tuples(st.integers(0, 2**40), VALUES), max_size=20))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, dict]]) -> None:
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    log = EventLog(path)
    for step, values in rows:
        log.append("metrics", step=step, values=values)
    log.close()
    events, damaged = read_events(path)
    assert damaged == 0
    assert [(event["step"], event["values"]) for event in events] == [(step, _finite(values)) for step, values in rows]


def _finite(values: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if isinstance(v, float) and not -LARGEST <= v <= LARGEST else v for name, v in values.items()}


@given(st.lists(st.text()), st.binary(max_size=60), st.integers(0, 100))
def test_any_damage_costs_the_damaged_lines_only(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], damage: bytes, position: int
) -> None:
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    log = EventLog(path)
    for text in texts:
        log.append("note", text=text)
    log.close()
    lines = path.read_bytes().splitlines(keepends=True)
    position = min(position, len(lines))
    write(path, *lines[:position], b"!" + damage.replace(b"\n", b"") + b"\n", *lines[position:])
    events, damaged = read_events(path)
    assert [event["text"] for event in events] == texts
    assert damaged == 1


def test_a_torn_last_line_is_waited_for(path: Path) -> None:
    reader = EventReader(path)
    assert reader.read() == []
    whole = metrics(1, loss=0.5)
    write(path, whole, whole[:20])
    assert len(reader.read()) == 1
    assert reader.read() == []
    write(path, whole, whole)
    assert len(reader.read()) == 1
    assert reader.damaged == 0


def test_a_line_that_a_kill_tore_stays_alone(path: Path) -> None:
    write(path, metrics(1), metrics(2)[:30])
    log = EventLog(path)
    log.append("note", text="on we go")
    log.close()
    events, damaged = read_events(path)
    assert [event["kind"] for event in events] == ["metrics", "note"]
    assert damaged == 1


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[1, 2]",
        "{}",
        '{"kind": 3}',
        '{"kind": "metrics", "step": 1}',
        '{"kind": "metrics", "step": "1", "values": {}}',
        '{"kind": "metrics", "step": 1, "values": [1]}',
        '{"kind": "metrics", "step": 1, "values": {"loss": "high"}}',
        '{"kind": "metrics", "step": 1, "values": {"loss": NaN}}',
        '{"kind": "metrics", "step": 1, "values": {"loss": 1e999}}',
        '{"kind": "metrics", "step": 1, "values": {"loss": 1' + 400 * "0" + "}}",
        '{"kind": "metrics", "step": 1' + 400 * "0" + ', "values": {}}',
        '{"kind": "metrics", "step": -1, "values": {}}',
        '{"kind": "metrics", "step": 1, "values": {"' + 101 * "a" + '": 1.0}}',
        '{"kind": "progress", "time": 1, "done": 1' + 400 * "0" + ', "total": 3, "unit": "steps"}',
        '{"kind": "progress", "time": 1, "done": 1, "total": 1' + 400 * "0" + ', "unit": "steps"}',
        '{"kind": "progress", "time": 1, "done": -1, "total": 3, "unit": "steps"}',
        '{"kind": "resumed", "step": 9223372036854775808}',
        '{"kind": "resumed"}',
        '{"kind": "note", "text": {"a": 1}}',
        '{"kind": "progress", "done": null, "total": 3, "unit": "steps"}',
        100_000 * "[",
        '{"kind": "note", "text": "' + "\\" + '"}',
        "\x00\x00\x00",
    ],
    ids=range(24),
)
def test_lines_that_are_not_what_their_kind_promises_are_damaged(path: Path, line: str) -> None:
    write(path, metrics(1), line + "\n", b"\xff\xfe\n", "\n", metrics(2))
    events, damaged = read_events(path)
    assert [event["step"] for event in events] == [1, 2]
    assert damaged == 2, "an empty line is no damage"


def test_a_log_names_so_many_metrics_at_most(path: Path) -> None:
    write(path, *(metrics(step, **{f"metric {step}": 1.0}) for step in range(1000)), metrics(1000, **{"metric 0": 2.0}))
    events, damaged = read_events(path)
    assert [event["step"] for event in events] == [*range(64), 1000]
    assert damaged == 1000 - 64


def test_kinds_of_a_later_version_pass(path: Path) -> None:
    write(path, '{"kind": "image", "time": 1.0, "png": "..."}\n')
    assert read_events(path) == ([{"kind": "image", "time": 1.0, "png": "..."}], 0)


def test_nan_and_infinity_become_null(path: Path) -> None:
    log = EventLog(path)
    log.append("metrics", step=0, values={"a": math.nan, "b": -math.inf, "c": [math.inf, (1.0,)]})
    log.close()
    assert json.loads(path.read_text())["values"] == {"a": None, "b": None, "c": [None, [1.0]]}
    assert "NaN" not in path.read_text()


def test_the_reader_begins_anew_when_the_file_does(path: Path) -> None:
    reader = EventReader(path)
    write(path, metrics(1), metrics(2))
    assert len(reader.read()) == 2
    write(path, metrics(7))
    assert [event["step"] for event in reader.read()] == [7]
    path.unlink()
    assert reader.read() == []


def test_reading_in_portions_loses_nothing(path: Path) -> None:
    write(path, *(metrics(step) for step in range(10)))
    reader = EventReader(path)
    portions = [reader.read(most=4) for _ in range(4)]
    assert [len(portion) for portion in portions] == [4, 4, 2, 0]
    assert [event["step"] for portion in portions for event in portion] == list(range(10))


def test_an_event_log_that_is_a_folder_holds_no_events(path: Path) -> None:
    path.mkdir()
    assert read_events(path) == ([], 0)
    with pytest.raises(BadInput, match="it is a folder"):
        EventLog(path)


def test_a_line_without_end_is_stepped_over_in_pieces(path: Path) -> None:
    long = json.dumps({"kind": "note", "text": "x" * (3 << 20)}) + "\n"
    write(path, metrics(1), long, metrics(2))
    events, damaged = read_events(path)
    assert [event["step"] for event in events] == [1, 2]
    assert damaged > 0


def test_a_log_without_an_end_is_given_up(path: Path) -> None:
    write(path, metrics(1))
    os.truncate(path, 20 << 30)
    reader = EventReader(path)
    assert [event["step"] for event in reader.read()] == [1]
    assert reader.read() == []
