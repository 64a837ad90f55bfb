"""How often the app looks for changes, by a clock that the tests move."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from lazytui.app.workers import polling_pace
from lazytui.app.workers.polling_pace import IDLE_AFTER, PollingPace
from tests.commands import PATIENCE


class Clock:
    """Stands in for `time`: it moves only when a test moves it, and keeps how long others slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(polling_pace, "time", clock)
    return clock


def test_while_the_app_is_used_it_looks_as_often_as_asked(clock: Clock) -> None:
    pace = PollingPace(0.25)
    pace.pause()
    clock.now = IDLE_AFTER / 2
    pace.keep_up()
    clock.now += IDLE_AFTER * 0.9
    pace.pause()
    assert clock.slept == [0.25, 0.25] and not pace.is_idle


def test_an_idle_app_waits_longer_and_a_key_ends_the_wait(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pace, ended = PollingPace(), Event()
    monkeypatch.setattr(polling_pace, "POLL_SECONDS_WHEN_IDLE", 3600.0)
    clock.now = 2 * IDLE_AFTER
    assert pace.is_idle
    Thread(target=lambda: (pace.pause(), ended.set()), daemon=True).start()
    assert not ended.wait(0.05)
    for _ in range(1000):
        pace.keep_up()
        if ended.wait(PATIENCE / 1000):
            break
        clock.now += 2 * IDLE_AFTER  # the thread may begin to wait only now
    assert ended.is_set() and not pace.is_idle
