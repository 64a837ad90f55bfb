"""Runs in a few words."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from lazytui.runs.formatting import ago_text, day_words, state_clause, without_middle
from lazytui.runs.status import Progress, State, Status


@pytest.mark.parametrize("length", range(12))
def test_what_is_too_long_loses_its_middle_and_gets_no_longer(length: int) -> None:
    short = without_middle("0123456789", length)
    assert len(short) == min(length, 10)
    assert length < 4 or (short[0], short[-1]) == ("0", "9")


@pytest.mark.parametrize(
    ("state", "clause"),
    [
        ("queued", "is queued"),
        ("running", "is running (40%)"),
        ("paused", "is paused (40%)"),
        ("done", "is done"),
        ("failed", "failed"),
        ("stopped", "was stopped"),
        ("interrupted", "was interrupted"),
    ],
)
def test_how_a_run_stands_is_the_end_of_a_sentence(state: State, clause: str) -> None:
    progress = Progress(done=2, total=5, unit="steps")
    assert state_clause(Status(state=state, heartbeat=0, progress=progress)) == clause


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (59, "just now"), (61, "1 min ago"), (7300, "2 h ago"), (-5, "just now")]
)
def test_how_long_ago_it_was(seconds: float, words: str) -> None:
    assert ago_text(time.time() - seconds) == words


def test_days_are_found_by_date_and_by_word() -> None:
    noon = datetime(2026, 3, 1, 12).timestamp()
    assert day_words(noon, noon + 60) == "2026-03-01 today"
    assert day_words(datetime(2026, 2, 28, 23, 59).timestamp(), noon) == "2026-02-28 yesterday"
    assert day_words(datetime(2026, 2, 27, 12).timestamp(), noon) == "2026-02-27"
