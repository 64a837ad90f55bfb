"""Sparse probing on features whose information is known."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.sae.sparse_probing import rank_features, sparse_probing


def test_one_feature_that_predicts_a_class_is_enough_and_noise_predicts_nothing() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(240) % 3
    noise = random.random((240, 5))
    informative = (labels[:, None] == np.arange(3)) * (0.5 + random.random((240, 3)))
    features = np.concatenate([100 * noise, informative], 1)
    assert set(rank_features(features, labels == 1)[:1]) == {6}, "whatever the units"
    one, all_of_them = sparse_probing(features, labels, 3, (1, 8), seed=0)
    assert one == all_of_them == 1
    assert sparse_probing(noise, labels, 3, (1,), seed=0)[0] == pytest.approx(0.5, abs=0.12)
    assert sparse_probing(0 * noise, labels, 3, (2,), seed=0)[0] == 0.5
    assert np.isnan(sparse_probing(features, np.zeros(240, np.int64), 1, (1, 2), seed=0)).all()
