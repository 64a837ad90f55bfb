"""Following a run: what is new is taken in by bounded looks, and a long history is whole after some of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.runs.events import EventLog
from lazytui.runs.run_folder import RunFolder


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[RunWatch, EventLog]]:
    run = RunFolder(tmp_path, "run")
    log = EventLog(run.events)
    yield RunWatch(run), log
    log.close()


def test_a_long_history_is_taken_in_by_a_few_looks(watched: tuple[RunWatch, EventLog]) -> None:
    watch, log = watched
    for step in range(9000):
        log.append("metrics", step=step, values={"loss": 1.0})
    lengths = []
    for behind in (True, True, True, False, False):
        watch.look()
        assert watch.behind == behind
        lengths.append(len(watch.columns()["step"]))
    assert lengths == [2000, 4000, 8000, 9000, 9000]


def test_only_metrics_ask_for_another_drawing(watched: tuple[RunWatch, EventLog]) -> None:
    watch, log = watched
    assert not watch.look() and not watch.behind
    log.append("progress", done=3, total=10, unit="steps")
    assert not watch.look() and (watch.done, watch.total) == (3, 10)
    log.append("metrics", step=3, values={"loss": 1.0})
    assert watch.look() and watch.columns()["step"].tolist() == [3]


def test_who_is_behind_looks_again_at_once() -> None:
    done: list[str] = []

    def look() -> bool:
        done.append("looked")
        return len(done) < 3

    keep_looking(look, lambda: "slept" in done, lambda: done.append("slept"))
    assert done == ["looked", "looked", "looked", "slept"]
