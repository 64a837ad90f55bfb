"""Smallest budgets, by bisection."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch

from lazytui.attacks.algorithms.ddn import ddn
from lazytui.attacks.algorithms.pgd import pgd
from lazytui.attacks.minimal_budgets import in_batches, smallest_budgets, smallest_perturbations
from lazytui.errors import BadInput
from lazytui.evaluation.robustness import Robustness, wilson_interval
from tests.attacks.networks import Linear, gray_images, plane, towards_one


def test_bisection_finds_the_level_that_a_plane_lies_at() -> None:
    """The smallest whole level that crosses is known; so are images that lie beyond it, and those out of reach."""
    images = gray_images(8)
    model = plane(images, 0.05)
    model.bias += float(-0.01 * model.weight.abs().sum())
    exact = -model(images)[:, 1] / model.weight.abs().sum()
    asked = towards_one(model, images, 0.0)
    budgets, made = smallest_budgets(partial(pgd, steps=10), asked, 1 / 255, 100)
    assert torch.equal((budgets * 255).round(), (exact * 255).ceil())
    assert asked.is_fooled(made).all()
    most = int(exact.min() * 255) - 1
    none, tried = smallest_budgets(partial(pgd, steps=10), asked, 1 / 255, most)
    assert torch.isinf(none).all() and not asked.is_fooled(tried).any(), "censored"
    assert torch.equal(((tried - images).abs().amax((1, 2, 3)) * 255).round(), torch.full((8,), most)), "the last try"


def test_an_image_that_is_there_already_needs_nothing() -> None:
    images = gray_images(3)
    always = Linear(torch.zeros(images[0].numel()), 1.0)
    budgets, made = smallest_budgets(partial(pgd, steps=2), towards_one(always, images, 0.0), 1 / 255, 10)
    assert budgets.tolist() == [0, 0, 0] and torch.equal(made, images)


def test_each_round_asks_only_those_whose_budget_is_not_known() -> None:
    images = gray_images(8)
    asked_for: list[int] = []

    def counting(problem):  # type: ignore[no-untyped-def]
        asked_for.append(len(problem.images))
        return pgd(problem, steps=5)

    model = plane(images[:4], 0.05)
    smallest_budgets(counting, towards_one(model, images, 0.0), 1 / 255, 128)
    assert len(asked_for) <= 9 and sum(asked_for) < 15 * len(images)


def test_ddn_comes_near_the_distance_of_a_plane() -> None:
    images = gray_images()
    model = plane(images, 0.05)
    exact = -model(images)[:, 1] / model.weight.norm()
    distances, made = smallest_perturbations(ddn, towards_one(model, images, 50.0))
    assert (distances >= exact * 0.99).all() and (distances <= exact * 1.1).all()
    assert towards_one(model, images, 50.0).is_fooled(made).all()
    short, _ = smallest_perturbations(ddn, towards_one(model, images, 0.5 * exact))
    assert torch.isinf(short).all()


def test_rates_have_their_denominators() -> None:
    """Ten sources, eight right, of which one is fooled by .05 and three never."""
    budgets = np.array([0.05, 0.1, 0.1, 0.2, 0.3, math.inf, math.inf, math.inf])
    found = Robustness(np.arange(10) < 8, 0.1, budgets, np.full(8, math.inf))
    assert (found.sources, found.success_rate(0.05), found.success_rate(0.3), found.sure_success_rate(0.5)) == (
        8,
        1 / 8,
        5 / 8,
        0,
    )
    assert found.robust_accuracy(0.05) == pytest.approx(7 / 10)
    assert found.median == pytest.approx(0.25)
    censored = Robustness(np.ones(2, bool), 0.0, np.array([0.1, math.inf]), None)
    assert censored.median == math.inf and censored.metrics(0.1)["median_budget"] is None
    np.testing.assert_allclose(found.survival_curve(np.array([0, 0.05, 0.15, 1])), [1, 7 / 8, 5 / 8, 3 / 8])
    few = Robustness(np.zeros(10, bool), 0.9, None, None)
    assert few.success_rate(0.1) is few.median is few.robust_accuracy(1) is None


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Published: 0 of 10 gives 0 to 27.8 %, 5 of 10 gives 23.7 to 76.3 %."""
    np.testing.assert_allclose(wilson_interval(0, 10), (0, 0.278), atol=5e-4)
    np.testing.assert_allclose(wilson_interval(0.5, 10), (0.237, 0.763), atol=5e-4)


def test_a_network_without_gradient_is_distinguished_and_so_is_another_class_count() -> None:
    images = gray_images(2)

    class Flat(torch.nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return images.detach().flatten(1)[:, :10]

    asked = towards_one(Flat(), images, 0.1)
    with pytest.raises(BadInput, match="needs none, such as square"):
        pgd(asked)
    with pytest.raises(BadInput, match="outputs 4 for an image"):
        towards_one(plane(images, 0.1), images, 0.1).predictions()
    assert asked.predictions().tolist() == images.flatten(1)[:, :10].argmax(1).tolist()


def test_parts_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    images = gray_images(7)
    asked = towards_one(plane(images, 0.05), images, 50.0)
    monkeypatch.setattr("lazytui.attacks.minimal_budgets.BATCH", 3)
    for whole, parts in zip(
        smallest_perturbations(ddn, asked), in_batches(partial(smallest_perturbations, ddn), asked), strict=True
    ):
        torch.testing.assert_close(whole, parts)
