"""Methods that train another form of an architecture: two encoders, or heads of prototypes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from lazytui.data.device_split import DeviceSplit
from lazytui.data.splits import BiasedDataset
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model
from lazytui.models.forms.prototype_ensemble import HEADS, PrototypeEnsemble, prototype_logits, standardized_samples
from lazytui.training.methods.disent import FeatureAugmentation
from lazytui.training.methods.dpe import PrototypicalEnsemble, head_loss, likeness_penalty
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_DATA, Lab
from tests.training.methods.contexts import CPU, at_work, first_batch, small_data


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    """540 training images."""
    return small_data(train_size=600)


def disent(data: BiasedDataset) -> FeatureAugmentation:
    method = at_work("disent", data, build_model("twin:lazy-gap", seed=0), lr=0.05)
    assert isinstance(method, FeatureAugmentation)
    return method


def test_each_head_trains_its_own_encoder_alone(data: BiasedDataset) -> None:
    method, batch = disent(data), first_batch(data)
    model = method.context.classifier
    intrinsic, biased = model.features(batch.images).chunk(2, dim=1)
    own, of_biased = method.losses(intrinsic, biased, batch.labels, batch.labels)
    for loss, trained, left in ((own, "intrinsic", "biased"), (of_biased, "biased", "intrinsic")):
        weights = [model.get_parameter(f"features.encoders.{name}.conv1.weight") for name in (trained, left)]
        found = torch.autograd.grad(loss.mean(), weights, retain_graph=True)
        assert found[0].abs().sum() > 0 and (found[1] == 0).all()
    torch.testing.assert_close(cross_entropy(model(batch.images), batch.labels, reduction="none"), own)


def test_the_loss_by_hand_before_and_after_features_are_swapped(data: BiasedDataset) -> None:
    method, batch = disent(data), first_batch(data)
    model = method.context.classifier

    def by_hand(swap: Tensor, weights: Tensor | None = None) -> tuple[Tensor, Tensor]:
        z = torch.cat((intrinsic, biased[swap]), 1)
        own = cross_entropy(model.head(z), batch.labels, reduction="none")
        p = method.biased_head(z).softmax(1).gather(1, batch.labels[swap][:, None])[:, 0]
        if weights is None:
            of_biased, of_own = (each / largest_of_class(each) for each in (-p.log(), own))
            weights = (of_biased / (of_biased + of_own)).detach()
        return (weights * own).mean() + 10 * ((1 - p**0.7) / 0.7).mean(), weights

    def largest_of_class(losses: Tensor) -> Tensor:
        return torch.stack([losses[batch.labels == label].max() for label in batch.labels])

    intrinsic, biased = model.features(batch.images).detach().chunk(2, dim=1)
    first, weights = by_hand(torch.arange(30))
    torch.testing.assert_close(method.loss(batch, 19), first)
    swap = torch.randperm(30, generator=method.context.step_generator(20))
    second, _ = by_hand(swap, weights)
    torch.testing.assert_close(method.loss(batch, 20), first + second)


def test_a_prototype_is_answered_by_its_direction() -> None:
    prototypes, scale = torch.tensor([[1.0, 2.0], [-3.0, 4.0]]), torch.tensor(-1.5)
    along, against = (prototype_logits(factor * prototypes, prototypes, scale).diag() for factor in (3, -1))
    torch.testing.assert_close(along, torch.zeros(2), atol=1e-3, rtol=0)
    torch.testing.assert_close(against, torch.full((2,), -3.0))
    values = standardized_samples(torch.tensor([[1.0, 2.0, 6.0]]))
    torch.testing.assert_close(values, torch.tensor([[-2.0, -1.0, 3.0]]) / 7**0.5)


def test_a_head_is_paid_for_being_unlike_those_before_it() -> None:
    prototypes = torch.tensor([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    earlier = torch.tensor([[[3.0, 1.0, 0.0], [1.0, -1.0, 0.0]], [[-1.0, 0.0, 5.0], [2.0, 0.0, 0.0]]])
    assert likeness_penalty(prototypes, earlier[:0]).item() == 0
    products = (3 + 1 + 2 + 0) / 2
    assert likeness_penalty(prototypes, earlier).item() == pytest.approx(5e4 / 1.05 * products / 3 / 2)
    values, labels = torch.tensor([[2.0, 0.0, 0.0], [0.0, -1.0, 0.0]]), torch.tensor([0, 1])
    logits = 30 * torch.tensor([[0.0, -(2**0.5)], [-(2**0.5), -2.0]])
    expected = cross_entropy(logits, labels) + 10 * (1 + 4) / 2
    found = head_loss(values, labels, prototypes, torch.ones(()), earlier[:0])
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=0)


def test_the_network_that_is_kept_averages_its_heads(data: BiasedDataset) -> None:
    model = build_model("prototypes:lazy-cnn", seed=0)
    method = at_work("dpe", data, model, aside=0.5)
    assert isinstance(method, PrototypicalEnsemble) and isinstance(model, PrototypeEnsemble)
    images = DeviceSplit(method.held_out, CPU.device).batch(torch.arange(len(method.held_out))).images
    plain = model(images)
    torch.testing.assert_close(plain, model.head(model.features(images)))
    method.finish()
    values = normalize(standardized_samples(model.features(images)), dim=1)
    heads = [
        (-scale * (values[:, None] - normalize(prototypes, dim=1)).norm(dim=2)).softmax(1)
        for prototypes, scale in zip(model.prototypes, model.scales, strict=True)
    ]
    torch.testing.assert_close(model(images).softmax(1), torch.stack(heads).mean(0))
    assert len(heads) == HEADS and len({round(head[0, 0].item(), 6) for head in heads}) == HEADS
    again = build_model("prototypes:lazy-cnn", seed=1)
    again.load_state_dict(model.state_dict())
    torch.testing.assert_close(torch.export.export(again.eval(), (images,)).module()(images), model(images))
    before, after = ((logits.argmax(1) == method.labels).float().mean().item() for logits in (plain, model(images)))
    assert after > before + 0.2


def test_the_form_goes_with_the_method_and_the_architecture() -> None:
    assert TrainingSettings(method="disent").model == "twin:gap-cnn"
    assert TrainingSettings(method="dpe", model="mlp").model == "prototypes:mlp"
    again = TrainingSettings.model_validate(TrainingSettings(method="dpe").model_dump(mode="json"))
    assert again.model == "prototypes:gap-cnn"
    assert isinstance(build_model("twin:mlp", seed=0), Classifier)


@pytest.mark.parametrize("method", ["disent", "dpe"])
def test_such_a_network_is_trained_and_looked_at(lab: Lab, method: str) -> None:
    done = lab.call("run", "train", *TINY_DATA, "--method", method, "--model", "lazy-gap", "--epochs", "1", "--json")
    assert done.code == 0, done.err
    evaluated = lab.call("run", "evaluate", "latest", "--json")
    assert evaluated.code == 0, evaluated.err
    assert evaluated.json["metrics"]["easy_accuracy"] == pytest.approx(done.json["metrics"]["easy_accuracy"])
    shown = lab.call("run", "gradcam", "latest", "--images", "20", "--checked", "2")
    assert shown.code == 0, shown.err
