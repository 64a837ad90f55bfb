"""Smoothing against values of its formulas, and against linear networks, whose radius is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from lazytui.certificates.randomized_smoothing import (
    ABSTAINED,
    certified_radius,
    certify,
    lower_confidence,
    most_certain,
)


def test_bounds_of_the_probability_and_their_radii() -> None:
    assert lower_confidence(0, 100, 0.001) == 0
    assert lower_confidence(1000, 1000, 0.001) == pytest.approx(0.993116, abs=1e-6)
    assert lower_confidence(990, 1000, 0.001) == pytest.approx(0.976036, abs=1e-6)
    assert lower_confidence(60, 100, 0.05) == pytest.approx(0.512976, abs=1e-6)
    caps = [certified_radius(lower_confidence(n, n, 0.001), 1) for n in (1000, 100_000)]
    assert caps == pytest.approx([2.463263, 3.811457], abs=1e-6)
    assert certified_radius(lower_confidence(990, 1000, 0.001), 0.5) == pytest.approx(1.978 / 2, abs=1e-4)
    assert certified_radius(lower_confidence(99_000, 100_000, 0.001), 1) == pytest.approx(2.290, abs=1e-6)
    assert certified_radius(0.4, 1) == certified_radius(0.5, 1) == 0


def test_a_prediction_needs_a_clear_lead() -> None:
    assert most_certain(torch.tensor([20, 3, 70]), 0.001) == 2
    assert most_certain(torch.tensor([48, 0, 52]), 0.001) == ABSTAINED


def test_of_a_plane_the_radius_is_the_distance_whatever_the_noise() -> None:
    """It is exceeded in no more than alpha of the cases, and close where draws are many."""
    direction = torch.zeros(3, 4, 4)
    direction[0, 0, 0] = 1

    def predict(images: Tensor) -> Tensor:
        return ((images * direction).sum((1, 2, 3)) > 0.5).long()

    random, alpha, exceeded, runs = torch.Generator().manual_seed(0), 0.05, 0, 0
    for sigma in (0.1, 0.25, 1.0):
        for distance in (0.05, 0.1, 0.2):
            for _ in range(40):
                image = torch.full((3, 4, 4), 0.5) + distance * direction
                found = certify(
                    predict, image, classes=2, sigma=sigma, selection=50, draws=400, alpha=alpha, generator=random
                )
                assert found.label in (1, ABSTAINED) or found.radius < 0.5
                exceeded += found.label == 1 and found.radius > distance
                runs += 1
    assert exceeded <= alpha * runs + 3 * math.sqrt(alpha * (1 - alpha) * runs)
    image = torch.full((3, 4, 4), 0.5) + 0.2 * direction
    many = certify(predict, image, classes=2, sigma=0.25, selection=50, draws=20_000, alpha=0.001, generator=random)
    assert many.label == 1 and 0.19 < many.radius <= 0.2
    level = certify(
        predict, image - 0.2 * direction, classes=2, sigma=1, selection=9, draws=200, alpha=1e-3, generator=random
    )
    assert (level.label, level.radius) == (ABSTAINED, 0)
