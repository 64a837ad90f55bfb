"""Where planted features point is found, and what chance gives is reported beside it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.feature_geometry import PAIRS, PairCosines, measure_pair_cosines

COLOR, DIGIT = CATEGORIES.index("color"), CATEGORIES.index("digit")


def measured(directions: np.ndarray, category: list[int], color: list[int], digit: list[int]) -> PairCosines:
    arrays = (np.array(one, np.int64) for one in (category, color, digit))
    return measure_pair_cosines(directions.astype(np.float32), *arrays, np.random.default_rng(0))


def test_features_of_one_color_that_share_a_direction_are_a_cluster_and_orthogonal_to_shape() -> None:
    """Five colors with three features each around one axis of their own, and ten digits in other axes."""
    random = np.random.default_rng(1)
    color = np.repeat(np.arange(5), 3)
    of_color = np.eye(16)[color] + 0.05 * random.normal(size=(15, 16)) * (np.arange(16) < 6)
    of_digit = np.eye(16)[6:16]
    found = measured(
        np.concatenate([of_color, of_digit]), [COLOR] * 15 + [DIGIT] * 10, [*color, *[0] * 10], [*[0] * 15, *range(10)]
    )
    same_color, same_digit, across = range(3)
    assert found.count.tolist() == [15, 0, 150]
    assert found.mean[same_color] > 0.95 > 0.5 > found.high[same_color] and found.p[same_color] < 0.01
    assert np.isnan(found.mean[same_digit])
    assert found.mean[across] == pytest.approx(0, abs=1e-6)


def test_random_directions_are_what_shuffles_give() -> None:
    """In 5 % of cases, and not in many more, they lie outside of the central 95 %."""
    outside = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        category = random.choice([COLOR, DIGIT], 30)
        color, digit = random.integers(0, 4, (2, 30))
        found = measured(random.normal(size=(30, 8)), category.tolist(), color.tolist(), digit.tolist())
        outside.append((found.mean < found.low) | (found.mean > found.high))
    assert np.mean(outside) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / (3 * 60))


def test_the_mean_is_that_of_scikit_learns_cosines() -> None:
    random = np.random.default_rng(2)
    directions, category, color = random.normal(size=(12, 5)), [COLOR] * 8 + [DIGIT] * 4, random.integers(0, 3, 12)
    found = measured(directions, category, color.tolist(), [0] * 12)
    cosine = np.abs(cosine_similarity(directions))
    pairs = [cosine[i, j] for i in range(8) for j in range(i) if color[i] == color[j]]
    assert found.mean == pytest.approx(
        [np.mean(pairs), cosine[8:, 8:][np.triu_indices(4, 1)].mean(), cosine[:8, 8:].mean()], rel=1e-5
    )
    assert found.count.tolist() == [len(pairs), 6, 32] and len(PAIRS) == 3
