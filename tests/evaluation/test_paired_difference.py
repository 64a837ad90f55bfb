"""Two networks on the same images: counts by hand, and an interval that covers as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazytui.evaluation.paired_difference import PairedCounts, count_pairs

COUNTS = st.builds(PairedCounts, *[st.integers(0, 500)] * 4)


def test_a_case_counted_by_hand() -> None:
    first = np.array([True, True, True, False, False, False])
    second = np.array([True, False, False, True, False, False])
    found = count_pairs(first, second)
    assert found == PairedCounts(both=1, only_first=2, only_second=1, neither=2)
    assert (found.images, found.difference) == (6, pytest.approx(-1 / 6))


def test_an_interval_computed_by_hand() -> None:
    """n + 2 = 100; shares .30 and .10; sqrt((.40 - .04) / 100) = .06."""
    interval = PairedCounts(both=30, only_first=29, only_second=9, neither=30).interval
    assert interval == pytest.approx((-0.2 - 1.959964 * 0.06, -0.2 + 1.959964 * 0.06))


def test_nothing_is_said_of_no_images() -> None:
    nothing = count_pairs(np.array([], bool), np.array([], bool))
    assert (nothing.images, nothing.difference, nothing.interval) == (0, None, None)


@given(COUNTS)
def test_it_is_the_same_from_the_other_side(found: PairedCounts) -> None:
    other = PairedCounts(found.both, found.only_second, found.only_first, found.neither)
    if found.interval is not None and found.difference is not None:
        low, high = found.interval
        assert other.interval == pytest.approx((-high, -low))
        assert low - 1e-12 <= found.difference <= high + 1e-12
        assert -1 <= low <= high <= 1


@pytest.mark.parametrize("cells", [(0.5, 0.2, 0.1, 0.2), (0.9, 0.05, 0.01, 0.04), (0.1, 0.45, 0.40, 0.05)])
def test_it_covers_the_truth_as_often_as_it_says(cells: tuple[float, ...]) -> None:
    draws = np.random.default_rng(0).multinomial(200, cells, size=4000)
    intervals = [PairedCounts(*map(int, draw)).interval for draw in draws]
    covered = np.mean([low <= cells[2] - cells[1] <= high for low, high in filter(None, intervals)])
    assert covered == pytest.approx(0.95, abs=0.02)
