"""Roles, information and selectivity of neurons whose part is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.random import Generator, default_rng
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from lazytui.data.mutual_information import chance_bound, chance_level, mutual_information, plug_in_estimate
from lazytui.neurons.measures import attribute_selectivity, class_selectivity, label_entropy, measure_neurons
from lazytui.neurons.neuron_information import (
    conditional_information,
    difference_margin,
    joint_counts,
    merge_small_bins,
    quantile_bins,
)
from lazytui.neurons.roles import ROLES
from tests.neurons.planted import Labels, activations, factorial_labels

Planted = Callable[[Generator, Labels, Labels], np.ndarray]


@pytest.fixture
def labels() -> tuple[Labels, Labels]:
    return factorial_labels(40)


@pytest.fixture
def random() -> Generator:
    return default_rng(0)


def test_planted_neurons_get_their_roles(labels: tuple[Labels, Labels], random: Generator) -> None:
    digits, colors = labels
    noise = [np.abs(random.normal(0, 0.2, len(digits))) for _ in range(6)]
    planted = {
        "traitor": colors + noise[0],
        "hero": digits + noise[1],
        "mixed": np.abs(random.normal(1, 0.3, len(digits))),
        "silent": 0.001 * (colors + noise[3]),
        "flat": np.full(len(digits), 3.0) + 1e-4 * noise[4],
    }
    found = measure_neurons(activations(*planted.values()), digits, colors)
    assert [ROLES[role] for role in found.role] == list(planted)
    assert found.attribute_information[0] > 2 and found.label_information[0] < found.information_bound[0]
    assert found.label_information[1] > 2


def test_a_neuron_that_reads_both_alike_is_mixed(labels: tuple[Labels, Labels]) -> None:
    digits, colors = labels
    both = (digits == 3) * 1.0 + (colors == 7) * 1.0
    found = measure_neurons(activations(both, digits * 1.0), digits, colors)
    assert ROLES[found.role[0]] == "mixed"
    assert found.attribute_information[0] == pytest.approx(found.label_information[0], abs=1e-12)


def noise(random: Generator, images: int) -> np.ndarray:
    return random.normal(size=(images, 2000)).astype(np.float32)


def without_information(random: Generator, _digits: Labels, colors: Labels) -> np.ndarray:
    return np.abs(1 + 0.3 * noise(random, len(colors)))


def with_both_alike(random: Generator, digits: Labels, colors: Labels) -> np.ndarray:
    """From hardly anything to 0.3 bits of each; half of the neurons are active on a fifth of the images only."""
    levels = random.normal(size=(10, 2000)) * np.linspace(0.05, 1, 2000)
    values = (levels[colors] + levels[random.permutation(10)][digits] + noise(random, len(colors))).astype(np.float32)
    values[:, ::2] = np.maximum(values[:, ::2] - np.quantile(values[:, ::2], 0.8, axis=0), 0)
    return np.asarray(values - values.min())


def with_a_digit_and_a_color_alike(random: Generator, digits: Labels, colors: Labels) -> np.ndarray:
    """A full bit and less: strong tuning to single labels."""
    strength = np.linspace(0.5, 6, 2000)
    tuned = strength * (colors[:, None] == 3) + strength * (digits[:, None] == 7) + noise(random, len(colors))
    return np.asarray(np.maximum(tuned - 1, 0))


@pytest.mark.parametrize(
    ("planted", "images"),
    [
        (without_information, 1000),
        (without_information, 2000),
        (with_both_alike, 1000),
        (with_both_alike, 2000),
        (with_a_digit_and_a_color_alike, 1000),
    ],
)
def test_no_more_than_one_in_twenty_gets_a_role_by_chance(planted: Planted, images: int, random: Generator) -> None:
    """Of 2,000 neurons: at most 5 %, and two standard errors of that share."""
    digits, colors = factorial_labels(images // 100)
    found = measure_neurons(activations(*planted(random, digits, colors).T), digits, colors)
    roles = [ROLES[role] for role in found.role]
    assert roles.count("traitor") + roles.count("hero") <= 0.05 * 2000 + 2 * np.sqrt(0.05 * 0.95 * 2000)
    assert not roles.count("silent") and not roles.count("flat")


@pytest.mark.parametrize("images", [1000, 2000])
def test_neurons_with_information_on_one_alone_all_get_their_role(images: int, random: Generator) -> None:
    digits, colors = factorial_labels(images // 100)
    levels = random.permuted(np.tile(np.linspace(0, 1, 10)[:, None], 2000), axis=0)
    inputs = np.concatenate([levels[colors, :1000], levels[digits, 1000:]], axis=1) + 0.5 * noise(random, images)
    found = measure_neurons(activations(*np.abs(inputs).astype(np.float32).T), digits, colors)
    assert [ROLES[role] for role in found.role] == ["traitor"] * 1000 + ["hero"] * 1000


def test_neurons_that_are_tuned_a_bit_more_to_a_color_are_found_out(random: Generator) -> None:
    """Strongly to one label of each: nearly half of 2,000 on 1,000 images; an error over any labels finds 51."""
    digits, colors = factorial_labels(10)
    tuned = 3.3 * (colors[:, None] == 3) + 2.9 * (digits[:, None] == 7) + 0.9 * noise(random, 1000)
    found = measure_neurons(activations(*np.maximum(tuned - 1, 0).astype(np.float32).T), digits, colors)
    roles = [ROLES[role] for role in found.role]
    assert roles.count("traitor") > 800 and not roles.count("hero")


def test_the_error_of_a_difference_is_that_of_drawing_images_again(random: Generator) -> None:
    """Of the same digits in the same colors: a bootstrap finds the same for a neuron with clear information on both."""
    digits, colors = factorial_labels(30)
    values = torch.from_numpy((colors == 3) + 0.2 * digits + random.normal(size=3000)).float()[:, None]
    counts = joint_counts(
        quantile_bins(values), *(torch.from_numpy(each.astype(np.int64)) for each in (digits, colors))
    )
    samples = np.moveaxis(random.multinomial(30, np.moveaxis(counts[0], 0, -1) / 30, size=(400, 10, 10)), -1, 1)
    bootstrap = (plug_in_estimate(samples.sum(2)) - plug_in_estimate(samples.sum(3))).std()
    assert difference_margin(counts)[0] == pytest.approx(1.96 * bootstrap, rel=0.15)


def test_what_biased_data_would_have_called_a_hero_is_a_traitor(random: Generator) -> None:
    """A graded color reader seems to know the digit on biased data; where cues are independent it is found out."""
    digits = random.integers(0, 10, 8000).astype(np.uint8)
    biased = np.where(random.random(8000) < 0.95, digits, random.integers(0, 10, 8000)).astype(np.uint8)
    on_biased = measure_neurons(activations(biased + 0.1 * random.random(8000)), digits, biased)
    digits, colors = factorial_labels(80)
    on_probe = measure_neurons(activations(colors + 0.1 * random.random(8000)), digits, colors)
    assert on_biased.label_information[0] > 2
    assert abs(on_probe.label_information[0]) < 0.02 and on_probe.attribute_information[0] > 2


@pytest.mark.parametrize(
    ("images", "active"), [*((1000, share) for share in (0.03, 0.06, 0.1, 0.2)), (2000, 0.03), (2000, 0.2)]
)
def test_information_of_independent_pairs_is_zero_within_the_bound(images: int, active: float) -> None:
    """However few images 2,000 neurons are active on: the mean is 0, and at most 5 % (and two standard errors of that
    share) exceed the bound."""
    random = default_rng(1)
    digits, colors = (torch.from_numpy(each.astype(np.int64)) for each in factorial_labels(images // 100))
    values = torch.from_numpy(noise(random, images)) - torch.distributions.Normal(0, 1).icdf(torch.tensor(1 - active))
    counts = joint_counts(merge_small_bins(quantile_bins(values.relu())), digits, colors)
    for table in (counts.sum(2), counts.sum(3)):
        found, bound = mutual_information(table), chance_bound(table)
        assert (found > bound).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)
        assert (found > bound).mean() >= 0.03
        assert abs(found.mean()) < 4 * found.std() / np.sqrt(2000)
    conditional = conditional_information(counts)
    assert abs(conditional.mean()) < 4 * conditional.std() / np.sqrt(2000)


def test_what_chance_shows_agrees_with_scikit_learn() -> None:
    random = default_rng(6)
    for images in (30, 200, 1000):
        counts = contingency_matrix(random.integers(0, 4, images) ** 2, random.integers(0, 10, images)).astype(np.int64)
        peer = expected_mutual_information(counts, images) / np.log(2)
        assert chance_level(counts) == pytest.approx(peer, rel=1e-9)
    assert chance_level(np.zeros((2, 9, 10), np.int64)).tolist() == [0, 0]


def test_bins_are_joined_until_each_holds_enough() -> None:
    """100 of 1,000 active: two bins of 50 beside the zeros. 30 active: one, and the zeros. 20 zeros: with the least."""
    sizes = []
    for active in (100, 30, 980):
        values = torch.cat([torch.zeros(1000 - active), torch.rand(active) + 0.1])[:, None]
        sizes.append(torch.bincount(merge_small_bins(quantile_bins(values))[:, 0]).tolist())
    assert sizes[:2] == [[900, 50, 50], [970, 30]]
    assert len(sizes[2]) == 8 and sizes[2][0] == 142


def test_information_agrees_with_scikit_learn() -> None:
    random = default_rng(2)
    labels = torch.from_numpy(random.integers(0, 10, 3000))
    values = (labels[:, None] * torch.rand(5) + torch.from_numpy(random.normal(0, 3, (3000, 5)))).float().relu()
    bins = quantile_bins(values)
    found = plug_in_estimate(joint_counts(bins, labels))
    for neuron in range(5):
        peer = mutual_info_score(bins[:, neuron].numpy(), labels.numpy()) / np.log(2)
        assert found[neuron] == pytest.approx(peer, rel=1e-5)


def test_bins_hold_equally_many_and_zeros_have_their_own() -> None:
    values = torch.cat([torch.zeros(20), torch.rand(80) + 0.1])[:, None]
    counts = torch.bincount(quantile_bins(values)[:, 0], minlength=9)
    assert counts.tolist() == [20, *[10] * 8]


def test_equal_activations_share_a_bin() -> None:
    values = torch.tensor([0.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 5.0])[:, None]
    bins = quantile_bins(values)[:, 0]
    assert len(set(bins[1:5].tolist())) == 1 and len(set(bins[5:].tolist())) == 1
    assert bins[0] == 0 and bins[1] != bins[5]


def test_a_neuron_that_is_never_active_without_information(labels: tuple[Labels, Labels]) -> None:
    digits, colors = labels
    found = measure_neurons(activations(np.zeros(len(digits)), digits * 1.0), digits, colors)
    assert ROLES[found.role[0]] == "silent"
    assert found.attribute_information[0] == found.label_information[0] == 0
    assert np.isnan(found.attribute_selectivity[0]) and np.isnan(found.label_selectivity[0])


def test_a_layer_without_any_activity_has_only_silent_neurons(labels: tuple[Labels, Labels]) -> None:
    found = measure_neurons(activations(np.zeros(4000)), *labels)
    assert ROLES[found.role[0]] == "silent"
    assert found.polysemanticity[0] == 0


def test_digit_given_color_sees_what_color_hides(labels: tuple[Labels, Labels]) -> None:
    """Whether digit and color are even or odd together is no information on the digit, until the color is known."""
    digit, color = (torch.from_numpy(each.astype(np.int64)) for each in labels)
    counts = joint_counts(((digit + color) % 2)[:, None], digit, color)
    tables = [table[table.any(1)] for table in counts[0].transpose(2, 0, 1)]
    bias = np.mean([expected_mutual_information(table, 400) for table in tables]) / np.log(2)
    assert conditional_information(counts)[0] == pytest.approx(1 - bias, rel=1e-6)
    assert mutual_information(counts.sum(3))[0] == pytest.approx(0, abs=0.002)


def test_color_selectivity_stays_within_its_bound() -> None:
    one = np.eye(10)[:3] * 7.0
    assert attribute_selectivity(one) == pytest.approx(np.ones(3))
    random = default_rng(3).random((500, 10)) ** 4
    found = attribute_selectivity(random)
    assert (found <= 1 + 1e-12).all() and (found >= 0).all()


def test_color_selectivity_does_not_depend_on_scale() -> None:
    response = default_rng(4).random((5, 10))
    assert attribute_selectivity(response) == pytest.approx(attribute_selectivity(1000 * response))


def test_neurons_that_hardly_vary_have_no_attribute_selectivity() -> None:
    response = np.stack([np.arange(10.0), 5 + 1e-4 * np.arange(10.0)])
    found = attribute_selectivity(response)
    assert np.isfinite(found[0]) and np.isnan(found[1])


def test_class_selectivity_of_extremes_and_of_signed_activations() -> None:
    response = np.stack([np.eye(10)[2], np.ones(10), np.eye(10)[2]])
    found = class_selectivity(response, np.array([0.0, 0.0, -1.0]))
    assert found[:2] == pytest.approx([1.0, 0.0]) and np.isnan(found[2])


def test_label_entropy_is_nothing_for_one_digit_and_one_for_all(labels: tuple[Labels, Labels]) -> None:
    digits = torch.from_numpy(labels[0].astype(np.int64))
    digits[:40] = torch.arange(40) % 10
    only_three = (digits == 3).float()
    spread = torch.zeros(4000)
    spread[:40] = 1
    found = label_entropy(torch.stack([only_three, spread], dim=1), digits)
    assert found == pytest.approx([0.0, 1.0], abs=1e-6)
