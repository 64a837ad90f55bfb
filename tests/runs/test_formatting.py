"""Runs in a few words."""

from __future__ import annotations

import time

import pytest

from lazytui.runs.formatting import ago_text, state_clause, without_middle
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
