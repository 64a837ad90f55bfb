"""Heads that are made anew on held-out images: what they are fitted to, by cases computed by hand."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from lazytui.data.splits import BiasedDataset
from lazytui.models.build import build_model
from lazytui.training.methods.afr import AutomaticFeatureReweighting, sample_weights
from lazytui.training.methods.dfr_class import ClassBalancedRetraining
from lazytui.training.methods.evals import LossBasedSampling, counts, extremes, worst_accuracy
from lazytui.training.methods.parts.environments import scale_gradients
from lazytui.training.methods.parts.groups import share_evenly
from lazytui.training.methods.parts.held_out import HeldOutHead
from lazytui.training.methods.parts.sparse_head import fit_head, standardized
from lazytui.training.methods.self import SelectiveFinetuning, change_of_mind
from tests.training.methods.contexts import at_work, small_data


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    """540 training images."""
    return small_data(train_size=600)


@pytest.mark.parametrize("name", ["afr", "dfr-class", "evals", "self"])
def test_what_is_held_out_stays_as_it_is_and_is_never_trained_on(data: BiasedDataset, name: str) -> None:
    method = at_work(name, data)
    assert isinstance(method, HeldOutHead)
    assert method.order(0).max().item() == 431 and len(method.order(0)) == len(data.train)
    assert (method.held_out.images == data.train.images[432:]).all(), "nothing is painted anew: nobody knows the groups"


def test_weights_discount_what_the_network_is_sure_of() -> None:
    """gamma 2, one class, p = .9, .1, .5, .5."""
    right = torch.tensor([0.9, 0.1, 0.5, 0.5])
    log_p, labels = torch.stack((right, 1 - right), 1).log(), torch.zeros(4, dtype=torch.int64)
    expected = torch.tensor([0.0961, 0.4761, 0.2139, 0.2139])
    torch.testing.assert_close(sample_weights(log_p, labels, 2.0), expected, atol=5e-5, rtol=0)
    labels = torch.tensor([0, 1, 1, 1])
    torch.testing.assert_close(sample_weights(log_p, labels, 0.0), share_evenly(labels) / 4)


def test_an_anchored_head_stays_and_a_free_one_learns_what_counts(data: BiasedDataset) -> None:
    """A clipped step is at most as long as the rate, so that an anchor without end leaves it two of them away."""
    losses = {}
    for anchor in (0.0, 1e6):
        model = build_model("lazy-cnn", seed=0)
        method = at_work("afr", data, model, anchor=anchor, head_steps=100, head_lr=0.1)
        assert isinstance(method, AutomaticFeatureReweighting)
        values, first = method.features(), method.model.head.weight.detach().clone()
        weights = sample_weights(method.log_probabilities(values), method.labels, 10.0)
        method.finish()
        moved = (method.model.head.weight.detach() - first).norm().item()
        each = cross_entropy(method.model.head(values), method.labels, reduction="none")
        losses[anchor] = (weights @ each).item()
        assert moved <= 0.2 if anchor else moved > 0.5
    assert losses[0.0] < losses[1e6] - 0.05


def test_a_change_of_mind_is_the_divergence_of_the_final_from_the_early_network() -> None:
    early, final = torch.tensor([[0.2, 0.8]]).log(), torch.tensor([[0.9, 0.1]]).log()
    assert change_of_mind(early, final).item() == pytest.approx(0.6814, abs=5e-5)


def test_the_head_goes_on_with_the_images_that_changed_most(data: BiasedDataset) -> None:
    """With as many points as there are images of two classes on which the early network was made to differ."""
    method = at_work("self", data, build_model("lazy-cnn", seed=0), epochs=3, head_lr=1.0, points=12)
    assert isinstance(method, SelectiveFinetuning)
    values = method.features()
    method.begin_epoch(1)
    early = method.state_dict()["early"]
    torch.testing.assert_close(early, method.log_probabilities(values))
    early[:12] = torch.full_like(early[:12], -20.0).index_fill(1, torch.tensor([3]), 0.0)
    method.begin_epoch(2)
    method.finish()
    chosen = cross_entropy(method.model.head(values[:12]), method.labels[:12])
    rest = cross_entropy(method.model.head(values[12:]), method.labels[12:])
    assert chosen < rest - 1, "twelve images are learned, and no others"


def test_each_head_has_as_many_images_of_every_class(data: BiasedDataset) -> None:
    method = at_work("dfr-class", data)
    assert isinstance(method, ClassBalancedRetraining)
    subset = method.subset(method.labels, torch.Generator().manual_seed(0))
    counts = method.labels[subset].bincount()
    assert counts.unique().tolist() == [method.labels.bincount().min().item()] and len(counts) == 10


def test_half_of_each_class_from_either_end_is_class_balanced_retraining() -> None:
    losses, labels = torch.rand(24, generator=torch.Generator().manual_seed(0)), torch.arange(24) % 4
    assert counts(labels)[0] == 3
    assert extremes(losses, labels, 3).tolist() == list(range(24))
    ends = extremes(losses, labels, 1)
    assert labels[ends].bincount().tolist() == [2] * 4
    for label in range(4):
        of_class = losses[labels == label]
        found = losses[ends[labels[ends] == label]]
        assert found.max() == of_class.max() and found.min() == of_class.min()
    labels = torch.tensor([0] * 9 + [1] * 4)
    assert labels[extremes(torch.rand(13), labels, counts(labels)[0])].bincount().tolist() == [4, 4]


def test_the_worse_environment_judges() -> None:
    right, environments = torch.tensor([True, True, False, True]), torch.tensor([False, False, True, True])
    assert worst_accuracy(right, environments) == 0.5
    assert worst_accuracy(right, torch.zeros(4, dtype=torch.bool)) == 0.75


def test_the_chosen_head_is_the_best_in_its_worse_environment(data: BiasedDataset) -> None:
    method = at_work("evals", data, build_model("lazy-cnn", seed=0), aside=0.5)
    assert isinstance(method, LossBasedSampling)
    values, _, _ = standardized(method.features())
    log_p = method.log_probabilities(method.features())
    best = method.best_head(values, log_p)
    fitted_to, judged_by = method.halves()
    assert len(fitted_to) == len(judged_by) == 135 and not set(fitted_to.tolist()) & set(judged_by.tolist())
    labels = method.labels
    chosen = fitted_to[extremes(-log_p[fitted_to, labels[fitted_to]], labels[fitted_to], counts(labels[fitted_to])[0])]
    weight, bias = fit_head(values[chosen], labels[chosen], 10, 1e-3)
    environments = scale_gradients(log_p[judged_by], labels[judged_by]) > 0
    right = (values[judged_by] @ weight.T + bias).argmax(1) == labels[judged_by]
    assert best.worst >= worst_accuracy(right, environments)
    right = (values[judged_by] @ best.weight.T + best.bias).argmax(1) == labels[judged_by]
    assert best.worst == worst_accuracy(right, environments)
    method.finish()
    predicted = method.model.head(method.features()).argmax(1)
    torch.testing.assert_close(predicted, (values @ best.weight.T + best.bias).argmax(1))
