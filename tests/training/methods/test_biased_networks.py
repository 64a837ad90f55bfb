"""Methods that learn from what a biased network does, beside the model or before it: cases computed by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn.functional import cross_entropy, one_hot

from lazytui.data.splits import BiasedDataset
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model
from lazytui.training.methods.denetdm import DepthModulation, distillation
from lazytui.training.methods.gerne import GradientExtrapolation, extrapolated_shares, least_sure
from lazytui.training.methods.lc import LogitCorrection, corrected_cross_entropy, draw_conflicting, mixing_range
from lazytui.training.methods.parts.groups import cells
from tests.training.methods.contexts import at_work, color_reader, first_batch, small_data


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small_data()


def test_a_corrected_loss_needs_not_say_what_the_prior_says() -> None:
    prior = torch.tensor([[0.9, 0.05], [0.02, 0.03]])
    logits, labels = torch.zeros(2, 2), torch.tensor([0, 1])
    found = corrected_cross_entropy(logits, prior[:, [0, 0]].T, labels)
    torch.testing.assert_close(found, torch.tensor([0.0221, 3.8239]), atol=5e-5, rtol=0)
    logits = torch.randn(2, 2)
    torch.testing.assert_close(
        corrected_cross_entropy(logits, torch.full((2, 2), 0.3), labels),
        cross_entropy(logits, labels, reduction="none"),
    )


def test_with_the_true_table_it_is_bias_balance(data: BiasedDataset) -> None:
    """They differ by log p(color), which is the same for every digit."""
    batch = first_batch(data)
    labels, colors = (torch.from_numpy(each).long() for each in (data.train.labels, data.train.attributes))
    table = 1.0 + cells(labels, colors, 11).bincount(minlength=110).view(10, 11)
    found = corrected_cross_entropy(color_reader()(batch.images), table[:, batch.attributes].T, batch.labels).mean()
    assert found.item() == pytest.approx(at_work("bias-balance", data).loss(batch, 0).item(), rel=1e-3)


def test_the_prior_is_a_moving_average_whose_first_value_counts_whole(data: BiasedDataset) -> None:
    """Of the biased network, which learns at a tenth of the rate and gets no gradient by the correction."""
    batch = first_batch(data)
    method = at_work("lc", data, build_model("lazy-gap", seed=0), lr=0.01)
    assert isinstance(method, LogitCorrection)
    method.loss(batch, 0)
    with torch.no_grad():
        p = method.biased(batch.images).softmax(1)
    chosen = (batch.labels == batch.labels[0]) & (p.argmax(1) == p[0].argmax())
    cell = batch.labels[0], p[0].argmax()
    first = p[chosen, batch.labels[0]].mean()
    torch.testing.assert_close(method.prior[cell], first)
    with torch.no_grad():
        for weights in method.biased.parameters():
            weights.mul_(0.9)
    method.loss(batch, 1)
    with torch.no_grad():
        p = method.biased(batch.images).softmax(1)
    chosen = (batch.labels == cell[0]) & (p.argmax(1) == cell[1])
    torch.testing.assert_close(method.prior[cell], 0.995 * first + 0.005 * p[chosen, cell[0]].mean())
    assert method.state_dict()["biased_optimizer"]["param_groups"][0]["lr"] == pytest.approx(0.001)


def test_partners_are_of_the_class_and_wrong_where_any_are() -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 1] * 50)
    predicted = torch.tensor([0, 5, 0, 1, 1, 1] * 50)
    partners = draw_conflicting(labels, predicted, torch.Generator().manual_seed(0))
    assert torch.equal(labels[partners], labels)
    assert (predicted[partners][labels == 0] == 5).all() and len(partners[labels == 1].unique()) > 50


def test_the_mixing_comes_to_halves() -> None:
    assert mixing_range(0, 0) == mixing_range(80, 80) == mixing_range(99, 80) == 0.5
    assert mixing_range(0, 80) == pytest.approx(0.5 * math.exp(-5))
    assert mixing_range(40, 80) == pytest.approx(0.5 * math.exp(-1.25))


@pytest.mark.parametrize(("beta", "loss"), [(-1, 0.2450), (0, 0.8975), (1, 1.5500), (3, 2.8550)])
def test_extrapolation_reweighs_the_parts(beta: float, loss: float) -> None:
    """alpha = (.95, .05), losses (.1, 3), c = .5."""
    shares = extrapolated_shares(torch.tensor([0.95, 0.05]), 0.5, beta)
    assert (shares @ torch.tensor([0.1, 3.0])).item() == pytest.approx(loss, abs=1e-5)
    assert shares.sum().item() == pytest.approx(1)


def test_the_least_sure_of_each_class_are_its_minority() -> None:
    labels = torch.tensor([1, 0, 0, 1, 0, 1, 1, 0, 2])
    confidence = torch.tensor([0.9, 0.2, 0.8, 0.1, 0.7, 0.8, 0.3, 0.9, 0.5])
    assert least_sure(confidence, labels, 0.25).tolist() == [0, 1, 0, 1, 0, 0, 0, 0, 1]


def test_the_loss_of_two_batches_is_the_extrapolated_one(data: BiasedDataset) -> None:
    """In expectation: what each sample weighs. And a step's loss is that of its two batches."""
    model = build_model("lazy-gap", seed=0)
    method = at_work("gerne", data, model, minority=0.2, debias=0.6, beta=0.8)
    assert isinstance(method, GradientExtrapolation)
    method.begin_epoch(1)
    less_biased, biased = method.weights(), method._weights(-1.0)
    torch.testing.assert_close(method._weights(0.8), less_biased + 0.8 * (less_biased - biased))
    of_classes = one_hot(method.context.labels).float().T @ biased
    torch.testing.assert_close(of_classes, of_classes.mean().expand(10), msg="classes alike")
    batch = first_batch(data)
    generator = method.context.step_generator(7)
    other = method.context.train.batch(torch.multinomial(biased, 30, replacement=True, generator=generator))
    ours, theirs = (cross_entropy(model(each.images), each.labels).item() for each in (batch, other))
    assert method.loss(batch, 7).item() == pytest.approx(ours + 0.8 * (ours - theirs), rel=1e-4)


def test_two_branches_share_a_head_whose_bias_counts_once(data: BiasedDataset) -> None:
    batch, model = first_batch(data), build_model("lazy-gap", seed=0)
    method = at_work("denetdm", data, model)
    assert isinstance(method, DepthModulation) and isinstance(model, Classifier)
    together = method.shallow(batch.images) + model.features(batch.images)
    expected = cross_entropy(together @ model.head.weight.T + model.head.bias, batch.labels)
    torch.testing.assert_close(method.loss(batch, 0), expected)
    before = [weights.clone() for weights in (method.shallow[1].weight, model.head.weight)]  # type: ignore[index]
    method.step(batch, 0)
    after = method.shallow[1].weight, model.head.weight  # type: ignore[index]
    assert all(not torch.equal(one, other) for one, other in zip(before, after, strict=True)), "both are trained"


def test_without_a_deep_branch_and_distillation_the_second_phase_is_plain_training(data: BiasedDataset) -> None:
    batch, model = first_batch(data), build_model("lazy-gap", seed=0)
    method = at_work("denetdm", data, model, distillation=0.0, lr=0.1)
    assert isinstance(method, DepthModulation) and isinstance(model, Classifier)
    method.step(batch, 0)
    method.begin_epoch(1)
    torch.testing.assert_close(model.state_dict(), build_model("lazy-gap", seed=0).state_dict())
    assert not method.deep.training, "statistics of batch normalization are frozen, too"
    for weights in method.deep.parameters():
        weights.zero_()
    torch.testing.assert_close(method.loss(batch, 0), at_work("erm", data, model).loss(batch, 0))
    frozen = {name: value.clone() for name, value in method.state_dict()["shallow"].items()}
    method.step(batch, 0)
    torch.testing.assert_close(method.state_dict()["shallow"], frozen, atol=0, rtol=0)


def test_distillation_is_least_at_the_teacher() -> None:
    teacher = torch.tensor([[1.0, -2.0, 0.5]])
    p = (teacher / 2).softmax(1)
    assert distillation(teacher, teacher, 2.0).item() == pytest.approx(4 * -(p * p.log()).sum().item())
    assert distillation(torch.zeros(1, 3), teacher, 2.0).item() == pytest.approx(4 * math.log(3))
