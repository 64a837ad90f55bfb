"""Measures of association, against known joints and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats.contingency import association

from lazytui.data.association import color_ceiling, contingency, cramers_v, mutual_information
from lazytui.data.palettes import NO_COLOR

tables = arrays(np.int64, (10, 10), elements=st.integers(0, 50))


def test_contingency_counts_digits_by_colors_and_leaves_gray_out() -> None:
    counts = contingency(np.array([3, 3, 9, 1], np.uint8), np.array([4, 4, 0, NO_COLOR], np.uint8))
    assert (counts[3, 4], counts[9, 0], counts.sum()) == (2, 1, 3)


def test_a_planted_joint_has_the_entropy_it_was_given() -> None:
    """95 % on the diagonal, the rest even: log2 10 - H(0.95, nine times 0.05 / 9)."""
    counts = np.full((10, 10), 5) + np.diag([855 - 5] * 10)
    expected = np.log2(10) + 0.95 * np.log2(0.95) + 0.05 * np.log2(0.05 / 9)
    assert mutual_information(counts) == pytest.approx(expected)
    assert cramers_v(counts) == pytest.approx(0.95 - 0.05 / 9)


def test_extremes() -> None:
    assert mutual_information(np.eye(10, dtype=int)) == pytest.approx(np.log2(10))
    assert cramers_v(np.eye(10, dtype=int)) == pytest.approx(1)
    even = np.ones((10, 10), int)
    assert mutual_information(even) == pytest.approx(0, abs=1e-12)
    assert cramers_v(even) == 0
    nothing = np.zeros((10, 10), int)
    assert mutual_information(nothing) is None
    assert cramers_v(nothing) is None
    assert color_ceiling(even, nothing) is None
    one_color = np.zeros((10, 10), int)
    one_color[:, 2] = 5
    assert mutual_information(one_color) == pytest.approx(0, abs=1e-12)
    assert cramers_v(one_color) is None


@given(tables)
def test_cramers_v_agrees_with_scipy(counts: np.ndarray) -> None:
    occurring = counts[counts.any(1)][:, counts.any(0)]
    if min(occurring.shape) < 2:
        assert cramers_v(counts) is None
    else:
        assert cramers_v(counts) == pytest.approx(association(occurring, method="cramer"), abs=1e-9)


@given(tables, st.permutations(range(10)))
def test_renaming_the_colors_changes_nothing(counts: np.ndarray, order: list[int]) -> None:
    assert mutual_information(counts[:, order]) == (
        pytest.approx(mutual_information(counts), abs=1e-9) if counts.any() else None
    )


def test_color_ceiling_is_what_a_color_reader_gets() -> None:
    train = np.full((10, 10), 1) + np.diag([90] * 10)
    inverted = np.ones((10, 10), int) - np.eye(10, dtype=int)
    assert color_ceiling(train, train) == pytest.approx(91 / 100)
    assert color_ceiling(train, inverted) == 0
    assert color_ceiling(train, np.ones((10, 10), int)) == pytest.approx(0.1)
    swapped = train[:, [digit ^ 1 for digit in range(10)]]
    assert color_ceiling(swapped, swapped) == pytest.approx(91 / 100)
    assert color_ceiling(swapped, train) == pytest.approx(1 / 100)
