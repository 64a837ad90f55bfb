"""Measures of association, against known joints and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats.contingency import association

from lazytui.data.association import (
    attribute_ceiling,
    contingency,
    cramers_v,
    cramers_v_bound,
    information_bound,
    mutual_information,
)
from lazytui.data.content import NO_CLASS
from lazytui.data.palettes import NO_COLOR

tables = arrays(np.int64, (10, 10), elements=st.integers(0, 50))


def test_contingency_counts_digits_by_colors_and_leaves_gray_out() -> None:
    counts = contingency(np.array([3, 3, 9, 1], np.uint8), np.array([4, 4, 0, NO_COLOR], np.uint8), (10, 10))
    assert (counts[3, 4], counts[9, 0], counts.sum()) == (2, 1, 3)


def test_a_planted_joint_has_the_entropy_it_was_given() -> None:
    """95 % on the diagonal, the rest even: log2 10 - H(0.95, nine times 0.05 / 9), less what 9,000 images show by
    chance."""
    counts = np.full((10, 10), 5) + np.diag([855 - 5] * 10)
    expected = np.log2(10) + 0.95 * np.log2(0.95) + 0.05 * np.log2(0.05 / 9)
    assert mutual_information(counts) == pytest.approx(expected - 81 / (2 * 9000 * np.log(2)), abs=1e-4)
    assert cramers_v(counts) == pytest.approx(0.95 - 0.05 / 9, abs=1e-3)


def test_extremes() -> None:
    own = 100 * np.eye(10, dtype=int)
    assert mutual_information(own) == pytest.approx(np.log2(10), abs=0.06)
    assert cramers_v(own) == pytest.approx(1)
    even = np.full((10, 10), 20)
    assert mutual_information(even) == cramers_v(even) == 0
    for measure in (mutual_information, information_bound, cramers_v, cramers_v_bound):
        assert measure(np.zeros((10, 10), int)) is None
    assert attribute_ceiling(even, np.zeros((10, 10), int), range(10)) is None
    one_color = np.zeros((10, 10), int)
    one_color[:, 2] = 5
    assert mutual_information(one_color) == pytest.approx(0, abs=1e-12)
    assert cramers_v(one_color) is None and cramers_v_bound(one_color) is None
    assert cramers_v(np.eye(10, dtype=int)) is None, "each image its own digit and color"


@pytest.mark.parametrize("images", [300, 1200])
def test_random_colors_predict_nothing(images: int) -> None:
    """Of 1,000 data sets with random colors at most 5 % (and two standard errors) exceed the bounds, and the mean is
    near 0: 1,200 images would seem to carry 0.05 bits."""
    random = np.random.default_rng(images)
    labels = random.integers(0, 10, (1000, 2, images)).astype(np.uint8)
    tables = [contingency(digits, colors, (10, 10)) for digits, colors in labels]
    for measure, bound in ((mutual_information, information_bound), (cramers_v, cramers_v_bound)):
        found, limit = (np.array([of(table) for table in tables], float) for of in (measure, bound))
        assert 0.03 < (found > limit).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
        assert found.mean() < 0.5 * limit.mean()


def test_chance_is_reported_for_any_number_of_images() -> None:
    for each in (900, 1100, 10**13):
        counts = np.full((10, 10), each)
        assert information_bound(counts) == pytest.approx(21.0 / (2 * 100 * each * np.log(2)), rel=0.1)


@given(tables)
def test_cramers_v_is_scipys_less_its_bias(counts: np.ndarray) -> None:
    occurring = counts[counts.any(1)][:, counts.any(0)]
    total, sides = occurring.sum(), np.array(occurring.shape) - 1
    if min(sides) < 1 or (most := (sides - sides**2 / (total - 1)).min()) <= 0:
        assert cramers_v(counts) is None
    else:
        squared = association(occurring, method="cramer") ** 2 * sides.min() - sides.prod() / (total - 1)
        assert cramers_v(counts) == pytest.approx(min(1, np.sqrt(max(0, squared) / most)), abs=1e-7)


@given(tables, st.permutations(range(10)))
def test_renaming_the_colors_changes_nothing(counts: np.ndarray, order: list[int]) -> None:
    assert mutual_information(counts[:, order]) == (
        pytest.approx(mutual_information(counts), abs=1e-9) if counts.any() else None
    )


def test_color_ceiling_is_what_a_color_reader_gets() -> None:
    train = np.full((10, 10), 1) + np.diag([90] * 10)
    inverted = np.ones((10, 10), int) - np.eye(10, dtype=int)
    assert attribute_ceiling(train, train, range(10)) == pytest.approx(91 / 100)
    assert attribute_ceiling(train, inverted, range(10)) == 0
    assert attribute_ceiling(train, np.ones((10, 10), int), range(10)) == pytest.approx(0.1)
    swapped = train[:, [digit ^ 1 for digit in range(10)]]
    assert attribute_ceiling(swapped, swapped, range(10)) == pytest.approx(91 / 100)
    assert attribute_ceiling(swapped, train, range(10)) == pytest.approx(1 / 100)


def test_a_value_that_training_lacks_is_taken_for_its_own_class_or_for_the_commonest() -> None:
    """Two classes, three values; the last is aligned with none."""
    train, split = np.array([[5, 0, 0], [1, 0, 0]]), np.array([[1, 2, 4], [0, 8, 1]])
    assert attribute_ceiling(train, split, (0, 1, NO_CLASS)) == pytest.approx((1 + 8 + 4) / 16)


def test_tables_have_as_many_rows_and_columns_as_are_asked_for() -> None:
    counts = contingency(np.array([0, 1, 1, 1], np.uint8), np.array([2, 0, 3, 2], np.uint8), (2, 3))
    assert counts.tolist() == [[0, 0, 1], [1, 0, 1]], "a value beyond the table isn't known"
