"""The ten conflicting images, and a network's answers on them as columns of curves."""

from __future__ import annotations

import numpy as np

from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.evaluation.cue_conflict_images import COLUMNS, answer_columns, answers_at, conflicting_ten, predictions_in


def test_they_are_one_of_each_digit_in_the_color_of_the_one_before_the_red_1_among_them() -> None:
    data = build_dataset(DatasetParams(source="strokes", train_size=100, test_size=100))
    ten = conflicting_ten(data)
    assert ten.labels.tolist() == [*range(10)] and ten.attributes.tolist() == [9, *range(9)]
    red, green, blue = ten.images[1][0].mean(0)
    assert red > 150 > 50 > max(green, blue), "the ground of the 1 is red"
    shape = data.cue_conflict.originals[10]
    np.testing.assert_array_equal(ten.originals[1], shape)


def test_answers_are_found_again_at_each_step_and_gaps_are_unknown() -> None:
    first, last = np.full((10, 10), 0.05, np.float32), np.full((10, 10), 0.01, np.float32)
    first[:, 3], last[np.arange(10), np.arange(10)] = 0.55, 0.91
    rows = [answer_columns(first), dict.fromkeys(COLUMNS, np.nan), answer_columns(last)]
    history = {"step": np.array([0.0, 20.0, 40.0])} | {name: np.array([row[name] for row in rows]) for name in COLUMNS}
    now = answers_at(history)
    assert now is not None and now.step == 40 and now.predicted.tolist() == [*range(10)]
    np.testing.assert_allclose(now.probabilities, 0.91, atol=1e-4)
    for step, found, predicted in ((0, 0, 3), (19, 0, 3), (20, 20, -1), (39, 20, -1), (1000, 40, 0)):
        then = answers_at(history, step)
        assert then is not None and (then.step, then.predicted[0]) == (found, predicted)
    assert answers_at({"step": np.zeros(1)}) is None
    assert answers_at({name: column[1:2] for name, column in history.items()}) is None, "known of no point"


def test_what_is_no_digit_is_unknown() -> None:
    row = answer_columns(np.eye(10, dtype=np.float32)) | {"says_2": -1.0, "says_5": 777.0, "says_9": None}
    assert predictions_in(row) == [0, 1, -1, 3, 4, -1, 6, 7, 8, -1]
    assert predictions_in({"loss": 1.0}) == []
