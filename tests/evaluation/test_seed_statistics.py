"""Means over seeds, against scipy's own t-tests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lazytui.evaluation.seed_statistics import mean_difference_by_seed, mean_over_seeds


def test_mean_and_interval_are_those_of_students_t() -> None:
    values = [0.91, 0.95, 0.93]
    found = mean_over_seeds(values)
    low, high = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert found.n == 3 and found.mean == pytest.approx(0.93)
    assert found.interval == pytest.approx((low, high))
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0).pvalue)


def test_undefined_values_are_left_out_and_one_value_has_no_interval() -> None:
    assert mean_over_seeds([None, 0.5]).mean == 0.5
    assert mean_over_seeds([None, 0.5]).interval is None
    assert mean_over_seeds([]).mean is None


def test_intervals_end_where_values_do() -> None:
    low, high = mean_over_seeds([10.0, 90.0]).interval or (0, 0)
    assert low < 0 and high > 100
    assert mean_over_seeds([10.0, 90.0]).clip(0, 100).interval == (0, 100)
    assert mean_over_seeds([50.0, 51.0]).clip(0, 100) == mean_over_seeds([50.0, 51.0])
    assert mean_over_seeds([50.0]).clip(0, 100).interval is None


def test_the_difference_is_taken_seed_by_seed() -> None:
    one, other = {0: 0.9, 1: 0.8, 2: 0.95, 7: 0.1}, {2: 0.9, 1: 0.7, 0: 0.82, 8: 0.3}
    found = mean_difference_by_seed(one, other)
    expected = stats.ttest_rel([0.9, 0.8, 0.95], [0.82, 0.7, 0.9])
    assert found.n == 3
    assert found.p == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval()))


@pytest.mark.parametrize("values", [(0.25, 0.25), (0.0, 0.0, 0.0), (0.1 + 0.2, 0.3)])
def test_the_same_everywhere_says_nothing_of_chance(values: tuple[float, ...]) -> None:
    found = mean_over_seeds(values)
    assert (found.n, found.interval, found.p) == (len(values), None, None)
    assert found.mean == pytest.approx(values[0])
