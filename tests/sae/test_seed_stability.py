"""Whether two autoencoders agree, on dictionaries that were written down."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.seed_stability import FeatureDictionary, matched_cosine, measure_seed_stability, nearest_partners

COLOR, DIGIT, DEAD = (CATEGORIES.index(name) for name in ("color", "digit", "dead"))


def found(directions: list[list[float]], category: list[int], mass: list[float]) -> FeatureDictionary:
    return FeatureDictionary(np.array(directions, np.float32), np.array(category), np.array(mass))


AXES = np.eye(4).tolist()
ONE = found(AXES, [COLOR, COLOR, DIGIT, DEAD], [1.0, 3.0, 2.0, 0.0])


def test_a_dictionary_agrees_with_itself_in_another_order() -> None:
    order = [2, 0, 3, 1]
    other = FeatureDictionary(ONE.directions[order], ONE.category[order], ONE.mass[order])
    matched, cosine = nearest_partners(ONE, other)
    assert ONE.strongest.tolist() == [1, 2, 0], "those that do most first, and no dead one"
    assert matched.tolist() == [order.index(feature) for feature in (1, 2, 0)]
    np.testing.assert_allclose(cosine, 1)
    stability = measure_seed_stability(ONE, other)
    assert stability["same_category"] == 1 and stability["partner_cosine"] == pytest.approx(1)
    assert stability["matched_cosine"] == pytest.approx(1)
    # two of three are of the color, and two of three partners would be: (2/3) ** 2 + (1/3) ** 2
    assert stability["same_category_by_chance"] == pytest.approx(5 / 9)


def test_a_partner_is_the_nearest_living_feature_whatever_it_stands_for() -> None:
    tilted = [[0.6, 0.8, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    other = found(tilted, [DIGIT, DIGIT, DEAD], [1.0, 1.0, 0.0])
    matched, cosine = nearest_partners(ONE, other)
    assert matched.tolist() == [0, 1, 0]
    np.testing.assert_allclose(cosine, [0.8, 1.0, 0.6], atol=1e-6)
    # of five that are looked for, each network's own digit feature and the other's second one are met by their kind
    assert measure_seed_stability(ONE, other)["same_category"] == pytest.approx(2 / 5)


def test_features_are_matched_one_to_one_whatever_their_length_and_sign() -> None:
    one, other = np.eye(3)[:2], np.array([[0, -5.0, 0], [0, 7.0, 0], [0.6, 0, 0.8]])
    assert matched_cosine(one, other) == pytest.approx((1 + 0.6) / 2)


def test_chance_is_what_random_partners_reach() -> None:
    random = np.random.default_rng(0)

    def random_features() -> FeatureDictionary:
        directions = random.normal(size=(300, 40))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return FeatureDictionary(
            directions.astype(np.float32), random.choice([COLOR, DIGIT], 300), random.exponential(size=300)
        )

    stability = [measure_seed_stability(random_features(), random_features()) for _ in range(40)]
    same, chance = (np.mean([one[name] for one in stability]) for name in ("same_category", "same_category_by_chance"))
    assert same == pytest.approx(chance, abs=0.03)
