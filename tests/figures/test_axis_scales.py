"""Ticks of axes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lazytui.figures.axis_scales import nice_ticks, x_limits
from tests.figures import samples


def test_ticks_are_round_evenly_apart_and_no_more_than_there_is_room_for() -> None:
    generator = np.random.default_rng(0)
    for about, _ in itertools.product((1, 2, 3, 5, 8), range(50)):
        low = generator.normal() * 10.0 ** generator.integers(-3, 6)
        high = low + generator.exponential() * 10.0 ** generator.integers(-3, 6)
        ticks = nice_ticks(low, high, about)
        assert 1 <= len(ticks) <= about + 1
        slack = 1e-6 * (high - low)
        assert all(low - slack <= tick <= high + slack for tick in ticks)
        if len(ticks) > 2:
            assert np.diff(ticks) == pytest.approx(ticks[1] - ticks[0])


def test_one_tick_alone_is_avoided() -> None:
    assert nice_ticks(12.2, 19.3, 2) == [12.5, 15, 17.5], "every 5 there would be 15 alone"
    assert nice_ticks(0, 100, 4) == [0, 25, 50, 75, 100]
    assert nice_ticks(3, 3, 4) == [3], "an axis without a length"


@pytest.mark.parametrize(("x", "ends"), [([], (0, 1)), ([0.0], (0, 1)), ([40.0], (0, 40)), ([20.0, 40.0], (20, 40))])
def test_an_axis_of_one_point_begins_at_zero(x: list[float], ends: tuple[float, float]) -> None:
    series = samples.Series(name="one", x=np.array(x), y=np.ones(len(x)))
    assert x_limits(samples.lines(series=(series,))) == ends
