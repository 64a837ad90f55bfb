"""Each metric against a case small enough to count by hand, and against scikit-learn where it has the metric."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix

from lazytui.data.content import NO_CLASS
from lazytui.evaluation import metrics

TABLE = (10, 10)
NONE = np.array([], np.uint8)


def labels(*values: int) -> np.ndarray:
    return np.array(values, np.uint8)


# Two aligned samples (one right), five conflicting ones (1 right, 3 follow the color, 1 neither), one gray (right).
DIGITS = labels(1, 2, 3, 3, 4, 5, 6, 7)
COLORS = labels(1, 2, 0, 4, 0, 0, 0, NO_CLASS)
PREDICTED = labels(1, 9, 3, 4, 0, 0, 8, 7)


def test_a_case_counted_by_hand() -> None:
    assert metrics.accuracy(DIGITS, PREDICTED) == 3 / 8
    assert metrics.aligned_accuracy(DIGITS, COLORS, PREDICTED) == 1 / 2
    assert metrics.conflicting_accuracy(DIGITS, COLORS, PREDICTED) == 1 / 5
    assert metrics.color_follow_rate(DIGITS, COLORS, PREDICTED) == 3 / 5
    assert metrics.shape_bias(DIGITS, COLORS, PREDICTED) == 1 / 4
    assert metrics.is_conflicting(DIGITS, COLORS).tolist() == [False, False, True, True, True, True, True, False]


def test_cells_counted_by_hand() -> None:
    cells = metrics.group_accuracies(DIGITS, COLORS, PREDICTED, TABLE)
    assert (cells[1, 1], cells[2, 2], cells[3, 0], cells[3, 4]) == (1.0, 0.0, 1.0, 0.0)
    assert np.isnan(cells).sum() == 100 - 7, "no sample, no accuracy"


@pytest.mark.parametrize(
    "metric", [metrics.aligned_accuracy, metrics.conflicting_accuracy, metrics.color_follow_rate, metrics.shape_bias,
               partial(metrics.unbiased_accuracy, groups=TABLE), partial(metrics.worst_group_accuracy, groups=TABLE)]
)  # fmt: skip
def test_a_share_over_nothing_is_undefined(metric) -> None:  # type: ignore[no-untyped-def]
    assert metric(NONE, NONE, NONE) is None
    gray = np.full(3, NO_CLASS, np.uint8)
    assert metric(labels(1, 2, 3), gray, labels(1, 2, 3)) is None
    assert metrics.accuracy(NONE, NONE) is None
    assert metrics.calibration_error(NONE, NONE, np.array([], np.float32)) is None


def test_where_all_colors_are_own_nothing_conflicts() -> None:
    digits = labels(1, 2, 3)
    assert metrics.aligned_accuracy(digits, digits, digits) == 1.0
    for metric in (metrics.conflicting_accuracy, metrics.color_follow_rate, metrics.shape_bias):
        assert metric(digits, digits, digits) is None


def test_shape_bias_is_undefined_where_neither_cue_decides() -> None:
    assert metrics.shape_bias(labels(1), labels(2), labels(3)) is None
    assert metrics.conflicting_accuracy(labels(1), labels(2), labels(3)) == 0.0


def every_group(times: int) -> tuple[np.ndarray, np.ndarray]:
    digits = np.repeat(np.arange(10, dtype=np.uint8), 10)
    colors = np.tile(np.arange(10, dtype=np.uint8), 10)
    return np.repeat(digits, times), np.repeat(colors, times)


def test_unbiased_accuracy_weighs_groups_alike() -> None:
    digits, colors = every_group(1)
    digits, colors = np.append(digits, [0] * 900).astype(np.uint8), np.append(colors, [0] * 900).astype(np.uint8)
    predicted = np.full(len(digits), 9, np.uint8)
    assert metrics.unbiased_accuracy(digits, colors, predicted, TABLE) == pytest.approx(0.1)
    assert metrics.accuracy(digits, predicted) == pytest.approx(10 / 1000)
    assert metrics.unbiased_accuracy(digits[1:900], colors[1:900], predicted[1:900], TABLE) is not None
    without = (digits != 4) | (colors != 7)
    assert metrics.unbiased_accuracy(digits[without], colors[without], predicted[without], TABLE) is None


def test_the_worst_group_has_ten_samples_or_more() -> None:
    digits, colors = every_group(10)
    predicted = digits.copy()
    predicted[:3] = 9  # three of the ten samples of digit 0 in color 0
    assert metrics.worst_group_accuracy(digits, colors, predicted, TABLE) == pytest.approx(0.7)
    assert metrics.worst_group_accuracy(digits[1:], colors[1:], predicted[1:], TABLE) == 1.0, (
        "nine are too few to be scored"
    )
    few, fewer = every_group(9)
    assert metrics.worst_group_accuracy(few, fewer, few, TABLE) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=300))
def test_confusion_and_accuracy_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    digits, predicted = (np.array(column, np.uint8) for column in zip(*pairs, strict=True))
    ours = metrics.confusion_matrix(digits, predicted, 10)
    np.testing.assert_array_equal(ours, confusion_matrix(digits, predicted, labels=range(10)))
    assert ours.sum() == len(pairs)
    assert metrics.accuracy(digits, predicted) == pytest.approx(accuracy_score(digits, predicted))


def test_calibration_counted_by_hand() -> None:
    """Bins of width 1/4. (0.25, 0.5]: 0.5 wrong, 0.3 right; (0.5, 0.75]: none; (0.75, 1]: 1.0, 0.9 right, 0.8 wrong."""
    digits, predicted = labels(0, 0, 0, 0, 0), labels(1, 0, 0, 0, 1)
    confidence = np.array([0.5, 0.3, 1.0, 0.9, 0.8], np.float32)
    by_hand = 2 / 5 * abs(1 / 2 - 0.4) + 3 / 5 * abs(2 / 3 - 0.9)
    assert metrics.calibration_error(digits, predicted, confidence, bins=4) == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize(("confidence", "right", "error"), [(1.0, True, 0.0), (1.0, False, 1.0), (0.0, True, 1.0)])
def test_calibration_at_the_edges(confidence: float, right: bool, error: float) -> None:
    predicted = labels(3 if right else 4)
    found = metrics.calibration_error(labels(3), predicted, np.array([confidence], np.float32))
    assert found == pytest.approx(error)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0, 1, width=32)), min_size=1, max_size=200),
    st.integers(1, 20),
)
def test_calibration_agrees_with_a_loop_over_bins(samples: list[tuple[int, int, float]], bins: int) -> None:
    digits, predicted, confidence = (np.array(column) for column in zip(*samples, strict=True))
    confidence = confidence.astype(np.float32)
    bin_of = np.ceil(confidence * bins)
    expected = 0.0
    for number in range(1, bins + 1):
        inside = (bin_of == number) | ((bin_of == 0) & (number == 1))
        if inside.any():
            right, sure = (digits == predicted)[inside].mean(), confidence[inside].astype(float).mean()
            expected += inside.mean() * abs(right - sure)
    found = metrics.calibration_error(digits.astype(np.uint8), predicted.astype(np.uint8), confidence, bins)
    assert found == pytest.approx(expected, abs=1e-9)


@given(st.data())
def test_the_rates_fit_together(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 80))
    column = st.lists(st.integers(0, 9), min_size=size, max_size=size)
    digits, predicted = (np.array(data.draw(column), np.uint8) for _ in range(2))
    worn = st.lists(st.sampled_from([*range(10), int(NO_CLASS)]), min_size=size, max_size=size)
    colors = np.array(data.draw(worn), np.uint8)
    right = metrics.conflicting_accuracy(digits, colors, predicted)
    follow = metrics.color_follow_rate(digits, colors, predicted)
    bias = metrics.shape_bias(digits, colors, predicted)
    assert (right is None) == (follow is None)
    if right is not None and follow is not None:
        assert right + follow <= 1 + 1e-12
        if right + follow:
            assert bias is not None and math.isclose(bias, right / (right + follow))
        else:
            assert bias is None
    aligned = metrics.aligned_accuracy(digits, colors, predicted)
    own, other = (colors == digits).sum(), metrics.is_conflicting(digits, colors).sum()
    gray = size - own - other
    if not gray:
        together = (aligned or 0) * own + (right or 0) * other
        assert metrics.accuracy(digits, predicted) == pytest.approx(together / size)
