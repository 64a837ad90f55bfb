"""Linear probes agree with scikit-learn's logistic regression, and find what was planted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from lazytui.neurons.linear_probe import fit_linear_probe, halves, probe_accuracy


def planted(seed: int = 0, images: int = 300, classes: int = 4) -> tuple[torch.Tensor, NDArray[np.uint8]]:
    """Activations whose first two dimensions predict the label, in other units than the rest; one is constant."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, images).astype(np.uint8)
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])[:, :2]
    values = random.normal(size=(images, 6)) * [1, 100, 1, 0.01, 1, 0]
    values[:, :2] += corners[labels] * [1.5, 150]
    return torch.from_numpy(values.astype(np.float32)), labels


@pytest.mark.parametrize("strength", [0.1, 1.0, 10.0])
def test_weights_and_bias_are_those_of_scikit_learn(strength: float) -> None:
    features, labels = planted()
    probe = fit_linear_probe(features, torch.from_numpy(labels.astype(np.int64)), 4, strength)
    values = features.double().numpy()
    deviation = values.std(0)
    standardized = (values - values.mean(0)) / np.where(deviation > 0, deviation, 1)
    peer = LogisticRegression(C=strength, tol=1e-9, max_iter=10_000).fit(standardized, labels)
    assert np.allclose(probe.weights.numpy(), peer.coef_, atol=1e-4)
    centered = peer.intercept_ - peer.intercept_.mean()  # the bias is free up to a constant
    assert np.allclose(probe.bias.numpy() - probe.bias.numpy().mean(), centered, atol=1e-4)
    assert (probe.predict(features).numpy() == peer.predict(standardized)).all()


def test_what_was_planted_is_found_and_noise_is_not() -> None:
    features, labels = planted(images=2000)
    fitted, tested = halves(2000, seed=1)
    assert not set(fitted) & set(tested) and len(fitted) == len(tested) == 1000
    assert probe_accuracy(features, labels, fitted, tested) > 0.85
    assert abs(probe_accuracy(features[:, 2:], labels, fitted, tested) - 0.25) < 0.05
