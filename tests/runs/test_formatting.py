"""Runs in a few words."""

from __future__ import annotations

import time

import pytest

from lazytui.runs.formatting import ago_text, without_middle


@pytest.mark.parametrize("length", range(12))
def test_what_is_too_long_loses_its_middle_and_gets_no_longer(length: int) -> None:
    short = without_middle("0123456789", length)
    assert len(short) == min(length, 10)
    assert length < 4 or (short[0], short[-1]) == ("0", "9")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (59, "just now"), (61, "1 min ago"), (7300, "2 h ago"), (-5, "just now")]
)
def test_how_long_ago_it_was(seconds: float, words: str) -> None:
    assert ago_text(time.time() - seconds) == words
