"""The methods' losses against small cases computed by hand: values, not shapes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, one_hot

from lazytui.data.device_split import Batch
from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import BiasedDataset
from lazytui.errors import BadInput
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model
from lazytui.saliency.explainer import Explainer
from lazytui.saliency.maps_by_name import explain
from lazytui.system.hardware import Hardware
from lazytui.training.methods.adversarial import worst_nearby
from lazytui.training.methods.bias_balance import log_label_given_value
from lazytui.training.methods.cnc import contrastive_loss
from lazytui.training.methods.color_uniform import divergence_from_uniform
from lazytui.training.methods.cutmix import rectangles
from lazytui.training.methods.feature_color import pairwise_distance, single_channels
from lazytui.training.methods.gradcam_edge import gradcam, scaled
from lazytui.training.methods.grl import reversed_gradient
from lazytui.training.methods.group_dro import WorstGroups
from lazytui.training.methods.input_color_gradient import channel_difference
from lazytui.training.methods.irm import InvariantRiskMinimization
from lazytui.training.methods.jitter_consistency import symmetric_divergence
from lazytui.training.methods.parts.biased_network import generalized_cross_entropy
from lazytui.training.methods.parts.edges import sobel
from lazytui.training.methods.parts.environments import InvariantRisk, environments_of, scale_gradients
from lazytui.training.methods.parts.groups import draw, group_means, share_evenly
from lazytui.training.methods.parts.input_gradient import fit_and_input_gradient
from lazytui.training.methods.parts.mixing import draw_beta, draw_partners
from lazytui.training.methods.parts.relative_difficulty import SmoothLosses
from lazytui.training.methods.rex import RiskExtrapolation
from lazytui.training.methods.saliency_background import background_saliency
from lazytui.training.methods.suppress import color_selectivity
from tests.training.methods.contexts import CPU, at_work, color_reader, first_batch, small_data


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small_data()


def logits_of(*probabilities: float) -> torch.Tensor:
    """(1, 10): the logits of these first probabilities, the rest shared evenly by the other digits."""
    rest = (1 - sum(probabilities)) / (10 - len(probabilities))
    return torch.tensor([[*probabilities, *[rest] * (10 - len(probabilities))]]).log()


def plain(data: BiasedDataset) -> torch.Tensor:
    """The cross-entropy of each sample of the first batch."""
    batch = first_batch(data)
    return cross_entropy(color_reader()(batch.images), batch.labels, reduction="none").detach()


def test_plain_training_is_the_mean_cross_entropy(data: BiasedDataset) -> None:
    assert at_work("erm", data).loss(first_batch(data), 0).item() == pytest.approx(plain(data).mean().item())


def test_focal_loss_discounts_by_certainty(data: BiasedDataset) -> None:
    right = (-plain(data)).exp()
    expected = ((1 - right) ** 3 * plain(data)).mean()
    assert at_work("focal", data, gamma=3).loss(first_batch(data), 0).item() == pytest.approx(expected.item())


def test_symmetric_divergence() -> None:
    p, q = logits_of(0.5, 0.5 - 1e-7), logits_of(0.8, 0.2 - 1e-7)
    forth = 0.5 * math.log(0.5 / 0.8) + 0.5 * math.log(0.5 / 0.2)
    back = 0.8 * math.log(0.8 / 0.5) + 0.2 * math.log(0.2 / 0.5)
    assert symmetric_divergence(p, q).item() == pytest.approx((forth + back) / 2, abs=1e-4)
    assert symmetric_divergence(p, p).item() == 0


def test_the_input_gradient_is_of_the_sum_and_has_a_gradient_itself(data: BiasedDataset) -> None:
    """The logits are s k / 10, s the sum of mean colors: dCE/dx = (mean of k under p - digit) / 10 / 784."""
    batch, model = first_batch(data), color_reader()
    fit, gradient = fit_and_input_gradient(model, batch)
    expected = (model(batch.images).softmax(1) @ torch.arange(10.0) - batch.labels) / 10 / 784
    torch.testing.assert_close(gradient, expected[:, None, None, None].expand_as(gradient))
    assert fit.item() == pytest.approx(plain(data).mean().item())
    gradient.square().sum().backward()
    assert model.head.weight.grad is not None and model.head.weight.grad.abs().sum() > 0


def test_differences_between_channels_do_not_cancel() -> None:
    gradient = torch.zeros(1, 3, 1, 2)
    gradient[0, :, 0, 0] = torch.tensor([1.0, -2, 0])
    gradient[0, :, 0, 1] = torch.tensor([-1.0, 2, 0])
    assert channel_difference(gradient).item() == (3 + 2 + 1 + 3 + 2 + 1) / 2


def test_gray_gradients_cost_nothing(data: BiasedDataset) -> None:
    """color_reader treats the channels alike, so that the penalty is nil whatever its weight."""
    found = at_work("input-color-gradient", data, penalty=1e5).loss(first_batch(data), 0)
    assert found.item() == pytest.approx(plain(data).mean().item(), abs=1e-4)


def test_background_saliency_leaves_the_stroke_out() -> None:
    gradient = torch.tensor([[[[2.0, -4, 8]], [[0, 1, 8]], [[0, 0, 8]]]])
    shapes = torch.tensor([[[0, 51, 255]]], dtype=torch.uint8)
    assert background_saliency(gradient, shapes).item() == pytest.approx((2 + 0.8 * 5) / (3 * 1.8))


def test_feature_distances_are_of_unit_vectors() -> None:
    red, green, blue = torch.tensor([[5.0, 0]]), torch.tensor([[0.0, 3]]), torch.tensor([[-1.0, 0]])
    assert pairwise_distance(red, green, blue).item() == pytest.approx(2 + 2 + 4)
    image = torch.rand(1, 3, 2, 2)
    torch.testing.assert_close(sum(single_channels(image)), image)


def test_sobel_of_a_straight_edge_is_its_height() -> None:
    image = torch.zeros(1, 3, 5, 6)
    image[..., 3:] = 0.5
    torch.testing.assert_close(sobel(image)[0, 0, 2], torch.tensor([0, 0, 0.5, 0.5, 0, 0]), atol=1e-5, rtol=0)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_model_meets_the_adversary_as_its_steps_have_left_it(precision: str) -> None:
    data, model, hardware = small_data(), color_reader(), Hardware(CPU.device, precision)
    batch, method = first_batch(data), at_work("grl", data, model, adversary_lr=0.1)
    adversary = method._adversary  # type: ignore[attr-defined]
    adversary.network.eval()
    before = adversary.loss(model.features(batch.images), batch).item()
    with hardware.autocast():
        loss = method.loss(batch, step=0).item()
        features = model.features(batch.images)
        fit = cross_entropy(model.head(features), batch.labels).item()
    after = adversary.loss(features, batch).item()
    assert after != pytest.approx(before, rel=1e-3)
    assert loss - fit == pytest.approx(after, rel=1e-5)


def test_an_adversary_without_an_optimizer_of_its_own_learns_in_the_models_step(data: BiasedDataset) -> None:
    """From its own loss alone: what the trunk gains by the reversal teaches it nothing."""
    batch = first_batch(data)
    found = []
    for alpha in (0.0, 50.0):
        torch.manual_seed(0)
        options = {"alpha": alpha, "adversary_layers": 2, "adversary_steps": 1, "one_optimizer": True}
        method = at_work("grl", data, color_reader(), **options)
        before = [weight.clone() for weight in method._adversary.network.parameters()]  # type: ignore[attr-defined]
        torch.manual_seed(1)
        method.step(batch, 50)
        after = list(method._adversary.network.parameters())  # type: ignore[attr-defined]
        assert len([weight for weight in after if weight.ndim == 2]) == 2
        found.append([(new - old).detach() for new, old in zip(after, before, strict=True)])
        assert found[-1][0].abs().max().item() == pytest.approx(1e-3, rel=0.01), (
            "a first step of Adam at the model's rate"
        )
    torch.testing.assert_close(found[0], found[1])


def test_reversal_shows_the_trunk_the_opposite_of_what_the_adversary_sees() -> None:
    features = torch.tensor([1.0, 2.0], requires_grad=True)
    (reversed_gradient(features, 0.3) * torch.tensor([1.0, -5.0])).sum().backward()
    torch.testing.assert_close(features.grad, torch.tensor([-0.3, 1.5]))


def test_the_color_penalty_grows_over_the_first_half_and_is_clamped(data: BiasedDataset) -> None:
    """Of 100 steps step 25 is half of the way. No guess of the color costs more than ln 10."""
    batch, method = first_batch(data), at_work("color-penalty", data, penalty=0.4, adversary_lr=1e-9)
    adversary = method._adversary  # type: ignore[attr-defined]
    adversary.network.eval()
    costs = adversary.loss(color_reader().features(batch.images), batch).item()
    expected = plain(data).mean().item() - 0.2 * min(costs, math.log(10))
    assert method.loss(batch, 25).item() == pytest.approx(expected, abs=1e-5)
    assert method.signals()["penalty_weight"] == 0.2
    method.loss(batch, 90)
    assert method.signals()["penalty_weight"] == 0.4


def test_uniform_color_weighs_the_divergence_the_same_way(data: BiasedDataset) -> None:
    batch, method = first_batch(data), at_work("color-uniform", data, penalty=0.4, adversary_lr=1e-9)
    adversary = method._adversary  # type: ignore[attr-defined]
    adversary.network.eval()
    guess = adversary.network(color_reader().features(batch.images)).softmax(1).double()
    divergence = (guess * (guess * 10).log()).sum(1).mean().item()
    assert divergence > 0.001
    assert method.loss(batch, 25).item() == pytest.approx(plain(data).mean().item() + 0.2 * divergence, abs=1e-5)
    assert method.signals()["penalty_weight"] == 0.2


def test_divergence_from_uniform_is_bounded() -> None:
    assert divergence_from_uniform(torch.full((3, 10), 2.0)).item() == pytest.approx(0, abs=1e-6)
    assert divergence_from_uniform(torch.eye(10) * 1e4).item() == pytest.approx(math.log(10))
    assert divergence_from_uniform(logits_of(0.5, 0.5 - 1e-7)).item() == pytest.approx(math.log(5), abs=1e-4)


def test_the_gradient_at_the_dummy_scale_is_autograds() -> None:
    logits, digits = torch.randn(6, 10, generator=torch.Generator().manual_seed(1)), torch.tensor([3, 1, 4, 1, 5, 9])
    for row, digit, found in zip(logits, digits, scale_gradients(logits.log_softmax(1), digits), strict=True):
        scale = torch.ones((), requires_grad=True)
        (expected,) = torch.autograd.grad(cross_entropy(scale * row, digit), scale)
        assert found.item() == pytest.approx(expected.item(), abs=1e-5)


def test_invariant_risks(data: BiasedDataset) -> None:
    """Two samples of the first environment at p = .5, two of the second at .25 and .1; all other logits alike."""
    logits = torch.cat((logits_of(0.5), logits_of(0.25), logits_of(0.5), logits_of(0.1)))
    digits, environments = torch.zeros(4, dtype=torch.int64), torch.tensor([0, 1, 0, 1])
    first, second = -math.log(0.5), -(math.log(0.25) + math.log(0.1)) / 2
    rex = at_work("rex", data)
    assert isinstance(rex, RiskExtrapolation)
    mean, variance = rex.risk_and_penalty(logits, digits, environments)
    assert mean.item() == pytest.approx((first + second) / 2, abs=1e-5)
    assert variance.item() == pytest.approx(((first - second) / 2) ** 2, abs=1e-5)
    irm = at_work("irm", data)
    assert isinstance(irm, InvariantRiskMinimization)
    risk, _ = irm.risk_and_penalty(logits, digits, environments)
    assert risk.item() == pytest.approx((first + second) / 2, abs=1e-5)


def test_the_invariance_penalty_multiplies_two_halves(data: BiasedDataset) -> None:
    """Every other sample of an environment is one half."""
    logits = torch.cat((logits_of(0.5), logits_of(0.25), logits_of(0.9), logits_of(0.1)))
    digits, environments = torch.zeros(4, dtype=torch.int64), torch.tensor([0, 0, 1, 1])
    irm = at_work("irm", data)
    assert isinstance(irm, InvariantRiskMinimization)
    _, penalty = irm.risk_and_penalty(logits, digits, environments)
    one, two, three, four = scale_gradients(logits, digits).tolist()
    assert penalty.item() == pytest.approx((one * two + three * four) / 2, abs=1e-5)


def test_the_invariance_penalty_is_on_average_over_batches_that_of_the_population() -> None:
    """On all samples, many batches' mean is within 3 standard errors; squares of batches are not."""
    data, generator = small_data(train_size=2000), torch.Generator().manual_seed(0)
    at = at_work("irm", data)
    assert isinstance(at, InvariantRisk)
    digits, environments = at.context.labels, at.environments
    logits = torch.randn(len(digits), 10, generator=generator) + 3 * one_hot(digits, 10)
    logits -= 0.5 * environments[:, None] * one_hot(digits, 10)
    gradients = scale_gradients(logits.log_softmax(1), digits)

    def squared(chosen: torch.Tensor) -> torch.Tensor:
        means, _ = group_means(gradients[chosen], environments[chosen], 2)
        return means.square().mean()

    order = torch.cat([draw(share_evenly(environments), generator) for _ in range(60)])
    batches = order[: len(order) // 16 * 16].split(16)
    terms = torch.stack([at.risk_and_penalty(logits[part], digits[part], environments[part])[1] for part in batches])
    population, error = squared(torch.arange(len(digits))), terms.std() / len(terms) ** 0.5
    assert abs(terms.mean() - population) < 3 * error
    assert torch.stack([squared(part) for part in batches]).mean() > population + 5 * error


@pytest.mark.parametrize("method", ["irm", "rex"])
def test_resample_is_what_a_method_does_without_its_penalty(method: str) -> None:
    """With sgd too, to which the scale of a loss matters: the same loss, and the same gradients."""
    data = small_data(bias=0.7)
    batch, found = first_batch(data), {}
    for name, options in ((method, {"penalty": 0.0, "anneal_steps": 0}), ("resample", {})):
        model = color_reader()
        at = at_work(name, data, model, **options)
        loss = at.loss(batch, 1)
        loss.backward()
        gradients = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
        found[name] = (loss.detach(), gradients, at.order(0))
    torch.testing.assert_close(found[method], found["resample"])
    conflicting = batch.labels != batch.attributes
    expected = (plain(data)[conflicting].mean() + plain(data)[~conflicting].mean()) / 2
    torch.testing.assert_close(found[method][0], expected)


def test_the_penalty_gets_its_weight_after_annealing(data: BiasedDataset) -> None:
    method = at_work("rex", data, penalty=7, anneal_steps=3)
    assert isinstance(method, RiskExtrapolation)
    assert [method.penalty_weight(step) for step in (0, 2, 3, 50)] == [1, 1, 7, 7]
    short = at_work("rex", data, penalty=7, anneal_steps=500)
    assert isinstance(short, RiskExtrapolation)
    assert [short.penalty_weight(step) for step in (49, 50)] == [1, 7], "these are 100 steps in all"


def test_one_environment_has_nothing_to_be_invariant_to() -> None:
    with pytest.raises(BadInput, match="hold only one kind"):
        at_work("irm", small_data(bias=0))


@pytest.mark.parametrize("method", ["irm", "resample"])
def test_environments_of_the_data_are_shown_as_they_are(method: str) -> None:
    data = small_data(dataset="irm-two-class")
    at = at_work(method, data)
    assert np.array_equal(environments_of(at.context), np.arange(len(data.train)) % 2)
    assert sorted(at.order(3).tolist()) == list(range(len(data.train)))


def test_an_environment_that_is_missing_from_a_batch_does_not_count(data: BiasedDataset) -> None:
    method = at_work("rex", data)
    assert isinstance(method, RiskExtrapolation)
    mean, variance = method.risk_and_penalty(logits_of(0.5), torch.tensor([0]), torch.tensor([1]))
    assert (mean.item(), variance.item()) == (pytest.approx(math.log(2)), 0)


def test_generalized_cross_entropy_and_its_limit() -> None:
    losses = -torch.tensor([0.25, 0.9]).log()
    expected = [(1 - 0.25**0.7) / 0.7, (1 - 0.9**0.7) / 0.7]
    torch.testing.assert_close(generalized_cross_entropy(losses, 0.7), torch.tensor(expected))
    torch.testing.assert_close(generalized_cross_entropy(losses, 1e-4), losses, atol=1e-3, rtol=0)


def test_smooth_losses_start_whole_and_are_relative_to_their_digit() -> None:
    losses = SmoothLosses(torch.tensor([0, 0, 1]), 2, decay=0.75)
    losses.update(torch.tensor([0, 1, 2]), torch.tensor([4.0, 1.0, 3.0]))
    torch.testing.assert_close(losses.relative_losses(), torch.tensor([1, 0.25, 1]))
    losses.update(torch.tensor([0]), torch.tensor([8.0]))
    torch.testing.assert_close(losses.smooth, torch.tensor([5.0, 1, 3]))


def test_learning_from_failure_weighs_by_both_networks(data: BiasedDataset) -> None:
    """At the first step each network's losses are relative to the largest of the digit in the batch."""
    batch, method = first_batch(data), at_work("lff", data)
    biased = cross_entropy(build_model("lazy-gap", seed=1)(batch.images), batch.labels, reduction="none").detach()
    hard, own = (
        each / torch.stack([each[batch.labels == digit].max() for digit in batch.labels])
        for each in (biased, plain(data))
    )
    expected = (hard / (hard + own) * plain(data)).mean() + generalized_cross_entropy(biased, 0.7).mean()
    assert method.loss(batch, 0).item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_worst_group_gains_weight() -> None:
    risk = WorstGroups(torch.tensor([0, 0, 2, 2]), rate=0.5)
    torch.testing.assert_close(risk.log_shares.exp(), torch.tensor([0.5, 0, 0.5]))
    found = risk.weighted_loss(torch.tensor([1.0, 3.0, 4.0]), torch.tensor([0, 0, 2]))
    low, high = math.exp(0.5 * 2), math.exp(0.5 * 4)
    assert found.item() == pytest.approx((low * 2 + high * 4) / (low + high), rel=1e-5)
    assert risk.log_shares[2].exp().item() == pytest.approx(high / (low + high), rel=1e-5)


def test_groups_that_a_batch_lacks_do_not_make_its_loss_small() -> None:
    risk = WorstGroups(torch.arange(100), rate=0.01)
    assert risk.weighted_loss(torch.ones(64), torch.arange(64)).item() == pytest.approx(1)


def test_a_group_far_behind_still_counts_where_it_is_alone_in_a_batch() -> None:
    risk = WorstGroups(torch.arange(2), rate=10)
    for _ in range(100):
        risk.weighted_loss(torch.tensor([0.1, 3.0]), torch.arange(2))
    assert risk.weighted_loss(torch.tensor([0.7]), torch.tensor([0])).item() == pytest.approx(0.7)


def test_focal_loss_has_a_gradient_where_nothing_is_wrong() -> None:
    images = torch.full((4, 3, 28, 28), 100.0)
    model = color_reader()
    sure = Batch(images, torch.full((4,), 9), torch.full((4,), 9), torch.arange(4))
    at_work("focal", small_data(), model, gamma=0.5).loss(sure, 0).backward()
    assert model.head.weight.grad is not None and model.head.weight.grad.isfinite().all()


def test_the_prior_of_a_digit_given_its_color() -> None:
    """Color 3: two 3s and one 5, each of ten pairs counting one more; color 4: none, so that all are alike."""
    prior = log_label_given_value(torch.tensor([3, 3, 5]), torch.tensor([3, 3, 3]), (10, 10)).exp()
    assert prior[3, 3].item() == pytest.approx(3 / 13) and prior[3, 5].item() == pytest.approx(2 / 13)
    torch.testing.assert_close(prior[4], torch.full((10,), 0.1))
    assert prior.shape == (NO_COLOR + 1, 10)


def test_bias_balance_adds_the_prior(data: BiasedDataset) -> None:
    batch, train = first_batch(data), data.train
    labels, attributes = (torch.from_numpy(each).long() for each in (train.labels, train.attributes))
    prior = log_label_given_value(labels, attributes, train.content.groups)
    expected = cross_entropy(color_reader()(batch.images) + prior[batch.attributes], batch.labels)
    assert at_work("bias-balance", data).loss(batch, 0).item() == pytest.approx(expected.item())


def test_reweighting_counts_every_cell_alike(data: BiasedDataset) -> None:
    pairs = list(zip(data.train.labels.tolist(), data.train.attributes.tolist(), strict=True))
    weights = torch.tensor([len(pairs) / len(set(pairs)) / pairs.count(pair) for pair in pairs[:30]])
    expected = (weights * plain(data)).mean()
    assert at_work("reweight", data).loss(first_batch(data), 0).item() == pytest.approx(expected.item(), rel=1e-5)


def test_contrast_of_three_images() -> None:
    """Anchor 0 has the positive 1 and the negative 2; 1 has the positive 0 and no negative, which costs nothing."""
    features = torch.tensor([[1.0, 0], [2.0, 2], [0, 3.0]])
    digits, predicted = torch.tensor([7, 7, 1]), torch.tensor([1, 7, 1])
    positive, negative = math.exp(math.sqrt(0.5) / 0.5), 1.0
    expected = -math.log(positive / (positive + negative)) / 2
    assert contrastive_loss(features, digits, predicted, 0.5).item() == pytest.approx(expected, abs=1e-6)
    assert contrastive_loss(features, torch.tensor([1, 2, 3]), predicted, 0.5).item() == 0


def test_color_selectivity_finds_the_color_feature() -> None:
    """A feature that answers to one of ten colors has .9 / .3 = 3, to five .5 / .5 = 1; one that hardly moves has 0."""
    one, five, barely = torch.eye(10)[4], (torch.arange(10) < 5).float(), 1 + 1e-4 * torch.eye(10)[2]
    selectivity = color_selectivity(torch.stack((one, five, barely), 1))
    torch.testing.assert_close(selectivity, torch.tensor([3.0, 1.0, 0.0]), atol=1e-4, rtol=0)


def test_what_suppression_keeps_is_what_it_trained(data: BiasedDataset) -> None:
    model, batch = build_model("lazy-gap", seed=0), first_batch(data)
    method = at_work("suppress", data, model)
    before = cross_entropy(model(batch.images), batch.labels)
    assert method.loss(batch, 0).item() == pytest.approx(before.item())
    method.begin_epoch(0)
    assert method.loss(batch, 0).item() != pytest.approx(before.item())
    method.step(batch, 0)
    after = cross_entropy(model(batch.images), batch.labels)
    assert method.loss(batch, 0).item() == pytest.approx(after.item())


def test_the_worst_image_nearby_is_at_the_edge_and_worse(data: BiasedDataset) -> None:
    """The loss is convex in the sum of the pixels: its worst case moves all pixels one way, up to the edge."""
    batch, model = first_batch(data), color_reader()
    moved = worst_nearby(model, batch, 0.1, 5, torch.Generator().manual_seed(0))
    distance = (moved - batch.images).abs()
    assert distance.max().item() <= 0.1 + 1e-6 and moved.min() >= 0 and moved.max() <= 1
    inside = (moved > 0) & (moved < 1)
    torch.testing.assert_close(distance[inside], torch.full_like(distance[inside], 0.1), atol=1e-5, rtol=0)
    assert cross_entropy(model(moved), batch.labels) > plain(data).mean()


def test_mixup_shares_the_answer_as_it_blends_the_images(data: BiasedDataset) -> None:
    """The color reader is linear, so that the logits of a blend are the blend of the logits."""
    batch = first_batch(data)
    generator = at_work("mixup", data).context.step_generator(4)
    partners, share = draw_partners(30, generator), draw_beta(1.0, 30, generator)
    logits = color_reader()(batch.images)
    blended = share[:, None] * logits + (1 - share[:, None]) * logits[partners]
    target = share[:, None] * one_hot(batch.labels, 10) + (1 - share[:, None]) * one_hot(batch.labels[partners], 10)
    assert at_work("mixup", data).loss(batch, 4).item() == pytest.approx(
        cross_entropy(blended, target).item(), rel=1e-5
    )


def test_a_pasted_rectangle_has_its_area_and_its_image_its_share() -> None:
    areas = torch.tensor([0.0, 0.25, 1.0]).repeat_interleave(400)
    pasted = rectangles(areas, 28, 28, torch.Generator().manual_seed(0)).float().mean((1, 2)).view(3, 400)
    assert (pasted[0] == 0).all() and pasted[1].max() == pytest.approx(0.25, abs=0.02) and pasted[1].min() < 0.1
    assert pasted[2].min() >= 0.25 - 0.02, "a center in a corner leaves a quarter of it"
    inside = rectangles(torch.tensor([0.3]), 28, 28, torch.Generator().manual_seed(1))[0]
    rows, columns = inside.any(1), inside.any(0)
    assert torch.equal(inside, rows[:, None] & columns[None]), "a rectangle"


def test_cutmix_learns_the_digits_of_both_parts(data: BiasedDataset) -> None:
    batch, method = first_batch(data), at_work("cutmix", data)
    generator = method.context.step_generator(2)
    partners, share = draw_partners(30, generator), draw_beta(1.0, 30, generator)
    pasted = rectangles(1 - share, 28, 28, generator)[:, None].float()
    logits = color_reader()(pasted * batch.images[partners] + (1 - pasted) * batch.images)
    left = 1 - pasted.mean((1, 2, 3))[:, None]
    target = left * one_hot(batch.labels, 10) + (1 - left) * one_hot(batch.labels[partners], 10)
    assert method.loss(batch, 2).item() == pytest.approx(cross_entropy(logits, target).item(), rel=1e-5)


def test_the_trained_heat_map_is_the_one_that_is_shown(data: BiasedDataset) -> None:
    """On gap-cnn's last map before its pool, as `lazytui run gradcam` has it; and a penalty on it moves the weights."""
    batch, model = first_batch(data), build_model("gap-cnn", seed=0)
    assert isinstance(model, Classifier)
    method = at_work("gradcam-edge", data, model)
    features, maps = method.last_map(batch.images)  # type: ignore[attr-defined]
    heat = gradcam(maps, model.head(features), batch.labels)
    request = Explainer(model, data.train.images).request("grad-cam", "features.relu3")
    shown = explain(model, batch.images, batch.labels, request).maps.relu()
    torch.testing.assert_close(heat[:, 0], shown, atol=1e-6, rtol=1e-4)
    assert scaled(heat).amax() == 1 and scaled(torch.zeros(1, 1, 7, 7)).amax() == 0
    _, term = method.fit_and_term(batch, 0)
    assert term is not None
    (gradient,) = torch.autograd.grad(term, model.features.conv1.weight)
    assert gradient.abs().sum() > 0
