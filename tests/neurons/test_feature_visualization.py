"""Images made to please a neuron: they do, and each for itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.data.palettes import palette
from lazytui.hooks.layer_hooks import capture_activations
from lazytui.hooks.split_model import SplitModel
from lazytui.models.scores import margin
from lazytui.neurons.feature_visualization import (
    Visualizer,
    color_axes,
    invert_activations,
    stability,
    visualize_classes,
    visualize_neurons,
    visualize_score,
)
from tests.neurons.networks import CPU, tiny_data

COLORS = palette("distinct").rgb


class ColorReader(nn.Sequential):
    """Three channels that are red, green and blue themselves, averaged; ten logits of no interest."""

    def __init__(self) -> None:
        super().__init__(nn.Conv2d(3, 3, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10))
        with torch.no_grad():
            self[0].weight.copy_(torch.eye(3).reshape(3, 3, 1, 1))
            self[3].weight.zero_()
            self[3].weight[7] = torch.tensor([5.0, -5.0, -5.0])


@pytest.fixture
def reader() -> nn.Module:
    return ColorReader().eval()


def test_a_neuron_prefers_the_color_that_it_reads(reader: nn.Module) -> None:
    made = visualize_neurons(SplitModel(reader, "0"), np.ones(3), Visualizer(COLORS, CPU, steps=40), starts=2)
    assert made.shape == (2, 3, 28, 28, 3) and made.dtype == np.float32
    assert made.min() >= 0 and made.max() <= 1
    assert (made.mean((2, 3))[:, np.arange(3), np.arange(3)] > 0.8).all()
    assert (stability(made) > 0.3).all()


def test_a_class_image_wears_the_color_that_the_class_reads(reader: nn.Module) -> None:
    made = visualize_classes(reader, Visualizer(COLORS, CPU, steps=40), starts=1)[0, 7].mean((0, 1))
    assert made[0] > 0.8 and made[1] < 0.4 and made[2] < 0.4


def test_images_of_a_margin_and_of_its_reverse_are_red_and_not_red(reader: nn.Module) -> None:
    red, other = (
        visualize_score(reader, margin(*classes, "of two"), Visualizer(COLORS, CPU, steps=40), 2).mean((0, 1, 2))
        for classes in ((7, 0), (0, 7))
    )
    assert red[0] > 0.8 > 0.4 > red[1] and other[0] < 0.4 and other[1] > 0.8


def test_a_class_image_begins_at_the_image_that_it_is_given(reader: nn.Module) -> None:
    textures = to_float(torch.from_numpy(tiny_data().cue_conflict.images[:10]))
    at_once, climbed = (visualize_classes(reader, Visualizer(COLORS, CPU, steps=n), 2, textures) for n in (0, 40))
    begun = textures.clamp(0.01, 0.99).permute(0, 2, 3, 1).numpy()
    assert np.abs(at_once[0] - begun).mean() < 0.02, "but for a little noise"
    assert not np.array_equal(at_once[0], at_once[1]), "which differs from start to start"
    assert climbed[0, 7, ..., 0].mean() > begun[7, ..., 0].mean() + 0.1, "and then it climbs"


def test_an_inversion_does_to_the_layer_what_the_image_did(reader: nn.Module) -> None:
    images = to_float(torch.from_numpy(tiny_data().cue_conflict.images[:3]))
    cut = SplitModel(reader, "2")
    made = invert_activations(cut, images, Visualizer(COLORS, CPU, steps=150, variation=0.05))
    with torch.inference_mode():
        again = cut.activations(torch.from_numpy(made).permute(0, 3, 1, 2))
        np.testing.assert_allclose(again, cut.activations(images), atol=0.1)


def test_images_of_a_batch_do_not_know_of_each_other() -> None:
    """Whatever the others climb to, an image's own way is the same."""

    def objective(scale: Tensor) -> np.ndarray:
        climber = Visualizer(COLORS, CPU, steps=8)
        return climber.maximize(lambda images: scale * images[:, 0].mean((1, 2)), 4)

    one, other = objective(torch.tensor([1.0, 1, 1, 1])), objective(torch.tensor([1.0, -1, 5, 0]))
    np.testing.assert_allclose(one[0], other[0], atol=1e-5)
    assert np.abs(one[1] - other[1]).max() > 0.1


def test_the_same_seed_makes_the_same_images_and_another_one_others(reader: nn.Module) -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    climber = Visualizer(COLORS, CPU, steps=3)
    one, again = (visualize_neurons(SplitModel(reader, "0"), np.ones(3), climber, 1) for _ in range(2))
    other = visualize_neurons(SplitModel(reader, "0"), np.ones(3), replace(climber, seed=1), 1)
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_color_axes_are_a_root_of_the_palettes_covariance() -> None:
    axes = color_axes(COLORS).double().numpy()
    covariance = np.cov(COLORS.T / 255.0, bias=True)
    ratio = axes @ axes.T / covariance
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-4)


def test_stability_is_one_for_the_same_image_and_undefined_for_a_single_start() -> None:
    image = np.random.default_rng(0).random((1, 4, 28, 28, 3)).astype(np.float32)
    assert stability(np.concatenate([image, image])) == pytest.approx(1)
    assert stability(np.concatenate([image, 1 - image])) == pytest.approx(-1)
    assert np.isnan(stability(image)).all()


class Deep(nn.Sequential):
    """Pools after ReLUs, and convolutions of every kind at the end of what lies below a layer."""

    def __init__(self, last: nn.Module) -> None:
        super().__init__(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            last,
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, 10),
        )


@pytest.mark.parametrize("layer", ["2", "3", "4", "6"])
@pytest.mark.parametrize(
    "last",
    [
        nn.Conv2d(6, 8, 3, padding=1),
        nn.Conv2d(6, 8, 3, stride=2, dilation=2, padding=1, bias=False),
        nn.Conv2d(6, 8, 3, groups=2),
        nn.Conv2d(6, 8, 3, padding=1, padding_mode="reflect"),
        nn.Sequential(nn.Conv2d(6, 8, 3), nn.BatchNorm2d(8)),
    ],
    ids=["plain", "strided", "grouped", "reflecting", "a block"],
)
def test_one_neuron_an_image_is_what_all_of_them_would_be(last: nn.Module, layer: str) -> None:
    """Its mean activation, and the gradient to the image, to the last bits of float32."""
    model = Deep(last).eval()
    cut = SplitModel(model, layer)
    random = torch.Generator().manual_seed(0)
    images = torch.rand(9, 3, 28, 28, generator=random).requires_grad_()
    own = torch.randint(cut.neurons, (9,), generator=random)
    with capture_activations(model, layer) as captured:
        model(images)
    every = captured[layer].flatten(2).mean(2) if captured[layer].ndim == 4 else captured[layer]
    expected = every.gather(1, own[:, None])[:, 0]
    found = cut.neuron_means(images, own)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    gradients = [torch.autograd.grad(means.sum(), images, retain_graph=True)[0] for means in (found, expected)]
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-6)
