"""What a network is chosen by without labels: values on few images of which they can be counted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lazytui.groups.selectors import rank_correlation, worse_half, worst_class

LABELS = np.repeat(np.arange(3), 20).astype(np.uint8)


def test_the_lowest_accuracy_of_parts_that_are_large_enough() -> None:
    predicted = LABELS.copy()
    predicted[:5] = 2
    predicted[40:58] = 0
    assert worst_class(LABELS, predicted) == pytest.approx(0.1)
    second = np.zeros(60, bool)
    second[[0, 1, 2, 20, 21, 22, 23, 24, 25, 26]] = True
    assert worse_half(LABELS, predicted, second) == pytest.approx(30 / 50)
    assert math.isnan(worse_half(LABELS, predicted, second & (LABELS == 0))), "three images are too few"
    assert math.isnan(worst_class(LABELS[:4], predicted[:4]))


def test_ranks_agree_or_not_and_are_undefined_where_all_are_alike() -> None:
    truth = np.array([0.1, 0.4, 0.9, np.nan])
    assert rank_correlation(truth**2, truth) == pytest.approx(1)
    assert rank_correlation(-truth, truth) == pytest.approx(-1)
    assert math.isnan(rank_correlation(np.ones(4), truth)) and math.isnan(rank_correlation(truth[:2], truth[:2]))
