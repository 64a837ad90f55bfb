"""Which samples a method draws, mixes or sets aside, and how often."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import to_float
from lazytui.data.splits import BiasedDataset
from lazytui.models.build import build_model
from lazytui.training.methods.dfr import DeepFeatureReweighting
from lazytui.training.methods.eiil import EnvironmentInference
from lazytui.training.methods.jtt import JustTrainTwice
from lazytui.training.methods.kmeans import two_clusters
from lazytui.training.methods.lisa import Partners
from lazytui.training.methods.parts.dataset_predictions import log_probabilities, predictions
from lazytui.training.methods.parts.environments import scale_gradients
from lazytui.training.methods.parts.groups import (
    cells,
    draw,
    draw_equal_groups,
    group_means,
    in_rounds,
    share_evenly,
    share_of,
)
from lazytui.training.methods.parts.mixing import draw_beta
from lazytui.training.methods.parts.sparse_head import fit_head
from lazytui.training.methods.parts.two_phases import TwoPhases
from tests.training.methods.contexts import at_work, first_batch, small_data


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small_data()


def test_shares_are_even_over_the_groups_that_there_are() -> None:
    weights = share_evenly(torch.tensor([0, 0, 0, 7]))
    torch.testing.assert_close(weights, torch.tensor([2 / 3, 2 / 3, 2 / 3, 2]))
    assert share_of(torch.tensor([False, False, False, True]), weights) == pytest.approx(0.5)


def test_draws_follow_the_weights() -> None:
    groups = draw(torch.tensor([1.0, 3.0]).repeat(5000), seeded()) % 2
    assert groups.float().mean().item() == pytest.approx(0.75, abs=0.02)


def test_rounds_take_every_sample_before_any_again() -> None:
    order = in_rounds(torch.tensor([3, 5, 9]), 8, seeded())
    assert [sorted(part.tolist()) for part in order[:6].split(3)] == [[3, 5, 9], [3, 5, 9]]
    assert len(order) == 8 and len(set(order[6:].tolist())) == 2


def test_an_equal_share_has_as_many_of_each_as_of_the_rarest() -> None:
    groups = torch.tensor([4] * 50 + [0] * 3 + [2] * 20)
    chosen = draw_equal_groups(groups, seeded())
    assert groups[chosen].bincount().tolist() == [3, 0, 3, 0, 3]
    assert len(set(chosen.tolist())) == 9
    assert not torch.equal(chosen, draw_equal_groups(groups, seeded(1)))


def test_group_means_show_which_groups_are_there() -> None:
    means, there = group_means(torch.tensor([1.0, 2.0, 6.0]), torch.tensor([2, 0, 2]), 4)
    assert means.tolist() == [2, 0, 3.5, 0] and there.tolist() == [True, False, True, False]


def test_subsampling_and_even_draws_undo_the_bias() -> None:
    data = small_data(train_size=3000, bias=0.5)
    conflicting = torch.from_numpy(data.train.attributes != data.train.labels)
    assert conflicting.float().mean() < 0.6
    for method in ("subsample", "group-dro"):
        order = at_work(method, data).order(0)
        assert len(order) == len(data.train)
        assert conflicting[order].float().mean().item() == pytest.approx(0.9, abs=0.03), method
    assert conflicting[at_work("irm", data).order(0)].float().mean().item() == pytest.approx(0.5, abs=0.03)


def test_errors_of_the_first_network_are_drawn_more_often(data: BiasedDataset) -> None:
    method = at_work("jtt", data, build_model("lazy-gap", seed=0), upweight=5)
    assert isinstance(method, JustTrainTwice)
    assert sorted(method.order(0).tolist()) == list(range(180)) and not method.signals()
    wrong = predictions(method.context) != method.context.labels
    method.begin_epoch(1)
    torch.testing.assert_close(method.weights(), torch.where(wrong, 5.0, 1.0))
    share = 5 * wrong.sum().item() / (5 * wrong.sum() + (~wrong).sum()).item()
    assert wrong[method.order(1)].float().mean().item() == pytest.approx(share, abs=0.1)


@pytest.mark.parametrize("name", ["jtt", "kmeans", "eiil", "cnc", "gerne"])
def test_the_second_network_starts_from_the_same_fresh_weights(data: BiasedDataset, name: str) -> None:
    fresh = build_model("lazy-gap", seed=0).state_dict()
    method = at_work(name, data, build_model("lazy-gap", seed=0), lr=0.1)
    assert isinstance(method, TwoPhases)
    method.step(first_batch(data), 0)
    assert not torch.equal(method.context.model.state_dict()["head.weight"], fresh["head.weight"])
    method.begin_epoch(1)
    for key, values in method.context.model.state_dict().items():
        assert torch.equal(values, fresh[key]), key
    assert method.is_divided and len(method.parts) == len(data.train)
    assert method.optimizer.state_dict()["state"] == {}


def test_two_clusters_are_found_where_there_are_two() -> None:
    values = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    values[:7] += 10
    parts = two_clusters(values, 0)
    assert len(set(parts[:7])) == len(set(parts[7:])) == 1 and parts[0] != parts[-1]


def test_inferred_environments_break_invariance_most(data: BiasedDataset) -> None:
    """No other division of the samples, random or improved by single moves, has a larger penalty."""
    method = at_work("eiil", data)
    assert isinstance(method, EnvironmentInference)
    gradients = scale_gradients(log_probabilities(method.context), method.context.labels)

    def penalty(parts: torch.Tensor) -> float:
        return float((gradients * parts).sum() ** 2 + (gradients * (1 - parts)).sum() ** 2)

    best = method.assign_parts().float()
    random = torch.rand(200, len(best), generator=seeded())
    assert penalty(best) >= max(penalty(parts) for parts in (*random, *random.round()))
    for row in range(len(best)):
        moved = best.clone()
        moved[row] = 1 - moved[row]
        assert penalty(moved) <= penalty(best) + 1e-4


def test_partners_share_the_digit_or_the_color_but_not_both() -> None:
    data = small_data(train_size=1500, bias=0.5)
    digits, colors = (torch.from_numpy(labels).long() for labels in (data.train.labels, data.train.attributes))
    batch, within_digit = first_batch(data, 1000), torch.arange(1000) % 2 == 0
    partners = Partners(digits, colors, (10, 10)).draw(batch, within_digit, seeded())
    same_digit, same_color = digits[partners] == batch.labels, colors[partners] == batch.attributes
    assert torch.equal(same_digit, within_digit) and torch.equal(same_color, ~within_digit)
    assert len(partners.unique()) > 300


def test_a_sample_without_a_partner_is_its_own() -> None:
    data = small_data(bias=1.0)
    digits, colors = (torch.from_numpy(labels).long() for labels in (data.train.labels, data.train.attributes))
    batch = first_batch(data)
    partners = Partners(digits, colors, (10, 10)).draw(batch, torch.ones(30, dtype=torch.bool), seeded())
    assert torch.equal(partners, batch.indices)


def test_beta_has_its_moments() -> None:
    shares = draw_beta(2.0, 100_000, seeded())
    assert shares.mean().item() == pytest.approx(0.5, abs=0.01)
    assert shares.var().item() == pytest.approx(0.05, abs=0.001)


def test_the_sparse_head_is_where_its_loss_is_least() -> None:
    """There the slope of the mean cross-entropy is -l1 sign(w), at most l1 where w is 0, and 0 for the biases."""
    digits = torch.randint(0, 10, (300,), generator=seeded())
    values = torch.randn(300, 12, dtype=torch.float64, generator=seeded()) + 2 * torch.eye(10, 12)[digits]
    weight, bias = fit_head(values, digits, classes=10, l1=0.01, iterations=3000)
    weight, bias = weight.requires_grad_(), bias.requires_grad_()
    slope, slope_of_bias = torch.autograd.grad(cross_entropy(values @ weight.T + bias, digits), (weight, bias))
    zero = weight == 0
    assert 0.1 < zero.float().mean() < 0.9
    torch.testing.assert_close(slope[~zero], -0.01 * weight[~zero].sign(), atol=1e-6, rtol=0)
    assert slope[zero].abs().max() <= 0.01 + 1e-6
    assert slope_of_bias.abs().max() < 1e-6


def test_what_is_set_aside_is_balanced_and_never_trained_on() -> None:
    data = small_data(train_size=1200)
    method = at_work("dfr", data, aside=0.2)
    assert isinstance(method, DeepFeatureReweighting)
    aside = data.balanced_holdout(0.2)
    assert aside.first == 864
    assert method.order(0).max().item() < 864 and len(method.order(0)) == len(data.train)
    counts = cells(*(torch.from_numpy(each).long() for each in (aside.split.labels, aside.split.attributes)), 11)
    assert len(set(counts.bincount()[counts].tolist())) == 1 and len(counts.unique()) == 100
    shapes = {shape.tobytes() for shape in data.train.originals[864:]}
    assert all(shape.tobytes() in shapes for shape in aside.split.originals)


def test_the_refitted_head_reads_digits_on_its_own_data() -> None:
    data = small_data(train_size=1200)
    method = at_work("dfr", data, build_model("lazy-cnn", seed=0), aside=0.5, refits=3, l1=1e-4)
    before = _accuracy_on_balanced(method.context.model, data)
    method.finish()
    assert _accuracy_on_balanced(method.context.model, data) > before + 0.2


def _accuracy_on_balanced(model: torch.nn.Module, data: BiasedDataset) -> float:
    balanced = data.balanced_holdout(0.5).split
    with torch.no_grad():
        predicted = model(to_float(torch.from_numpy(balanced.images))).argmax(1).numpy()
    return float((predicted == balanced.labels).mean())
