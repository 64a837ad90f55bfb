"""Seconds by phase, on a clock that the test moves."""

from __future__ import annotations

import pytest

from lazytui.system.phases import NO_PHASES, Phases


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_a_phase_within_takes_is_its_own() -> None:
    clock = Clock()
    phases = Phases(clock)
    clock.now += 1  # in no phase
    for _ in range(2):
        with phases.phase("steps"):
            clock.now += 2
            with phases.phase("saving"):
                clock.now += 4
            clock.now += 8
    spent = {name: (one.seconds, one.times) for name, one in phases.spent.items()}
    assert spent == {"steps": (20, 2), "saving": (8, 2)} and phases.seconds == 29


def test_a_device_is_waited_for_in_the_phase_that_asked_it() -> None:
    clock = Clock()
    phases, asked = Phases(clock), [3.0, 5.0]

    def wait() -> None:
        clock.now += asked.pop() if asked else 0.0

    with phases.phase("forward"):
        phases.wait_for(wait)
    with phases.phase("backward"):
        pass
    assert phases.spent["forward"].seconds == 5 and phases.spent["backward"].seconds == 0
    assert phases.seconds == 8


def test_a_phase_that_fails_is_charged_and_left() -> None:
    clock = Clock()
    phases = Phases(clock)
    with pytest.raises(ZeroDivisionError), phases.phase("images"):
        clock.now += 2
        _ = 1 / 0
    clock.now += 4
    with phases.phase("saving"):
        clock.now += 8
    assert [one.seconds for one in phases.spent.values()] == [2, 8]


def test_nobody_measures_nothing() -> None:
    with NO_PHASES.phase("steps"):
        pass
    assert not vars(NO_PHASES)
