"""The maps against what they must be: identities, goldens worked out by hand, and the sums that papers promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lazytui.errors import UsageError
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model
from lazytui.saliency.cam_family import (
    grad_cam,
    grad_cam_plus_plus,
    hires_cam,
    layer_cam,
    layer_gradients,
)
from lazytui.saliency.class_activation import averaged_layer, cam
from lazytui.saliency.gradients import input_gradient, integrated_gradients, smooth_grad
from lazytui.saliency.kernel_shap import kernel_shap, superpixels
from lazytui.saliency.maps_by_name import explain
from lazytui.saliency.occlusion import occlusion
from lazytui.saliency.score_cam import score_cam
from tests.saliency.networks import images, in_place, ones, request

AVERAGING = {
    "lazy-gap": "features.relu1",
    "gap-cnn": "features.pool3",
    "gap-groupnorm": "features.pool3",
    "cnn-1x1": "features.relu3",
    "shape-cnn": "features.relu5",
    "small-16": "features.relu2",
    "resnet18": "features.layer4",
}


@pytest.mark.parametrize(("name", "layer"), AVERAGING.items())
def test_on_averaging_heads_cam_is_grad_cam_is_hires_cam_and_sums_to_the_logit(name: str, layer: str) -> None:
    model = build_model(name, seed=1).eval()
    assert isinstance(model, Classifier)
    assert averaged_layer(model) == layer
    batch, targets = images(3), torch.tensor([0, 4, 9])
    taken = layer_gradients(model, layer, batch, targets)
    size = taken.activation[0, 0].numel()
    maps = cam(model, layer, batch, targets)
    scale = maps.abs().max()
    torch.testing.assert_close(
        grad_cam(taken.activation, taken.gradient) * size / scale, maps / scale, rtol=0, atol=1e-5
    )
    torch.testing.assert_close(
        hires_cam(taken.activation, taken.gradient) * size / scale, maps / scale, rtol=0, atol=1e-5
    )
    logit = taken.logits[range(3), targets]
    torch.testing.assert_close(maps.mean((1, 2)), logit - model.head.bias[targets], rtol=1e-4, atol=1e-5)


def test_a_convolution_of_ones_gives_what_the_formulas_give_by_hand() -> None:
    """A is the sum of the channels, g = c / 784 everywhere: so every map is A times a number."""
    model, batch = ones(), images(2)
    total, pixels = batch.sum(1), 28 * 28
    for target in (3, 7):
        taken = layer_gradients(model, "features.relu1", batch, torch.full((2,), target))
        g = target / pixels
        torch.testing.assert_close(taken.gradient, torch.full_like(taken.gradient, g))
        torch.testing.assert_close(taken.logits[:, target], target * total.mean((1, 2)) + 1)
        torch.testing.assert_close(grad_cam(taken.activation, taken.gradient), g * total)
        torch.testing.assert_close(hires_cam(taken.activation, taken.gradient), g * total)
        torch.testing.assert_close(layer_cam(taken.activation, taken.gradient), g * total)
        a = g**2 / (2 * g**2 + g**3 * total.sum((1, 2)))
        torch.testing.assert_close(
            grad_cam_plus_plus(taken.activation, taken.gradient), (pixels * a * g)[:, None, None] * total
        )


def test_grad_cam_plus_plus_counts_no_negative_gradient_and_never_divides_by_zero() -> None:
    activation = torch.tensor([[[[1.0, 2.0]], [[0.0, 0.0]]]])
    gradient = torch.tensor([[[[0.5, -3.0]], [[1.0, 0.0]]]])
    weights = 0.5 / (2 + 0.5 * 3)
    expected = torch.tensor([[[weights * 1, weights * 2]]])
    torch.testing.assert_close(grad_cam_plus_plus(activation, gradient), expected)
    nothing = grad_cam_plus_plus(torch.zeros(1, 2, 3, 3), torch.zeros(1, 2, 3, 3))
    assert (nothing == 0).all()
    before_relu = torch.tensor([[[[-3.0, -1.0]]]])
    torch.testing.assert_close(grad_cam_plus_plus(before_relu, torch.tensor([[[[0.5, 0.5]]]])), 0.5 * before_relu[:, 0])


def test_the_raw_map_keeps_its_sign() -> None:
    model = ones()
    with torch.no_grad():
        model.head.weight.mul_(-1)
    taken = layer_gradients(model, "features.relu1", images(1), torch.tensor([5]))
    assert (grad_cam(taken.activation, taken.gradient) < 0).all()


def test_samples_of_a_batch_dont_mix() -> None:
    model, batch = build_model("cnn3", seed=0).eval(), images(5)
    whole = explain(model, batch, None, request("grad-cam", "features.relu3"))
    for number in range(5):
        alone = explain(model, batch[number : number + 1], None, request("grad-cam", "features.relu3"))
        torch.testing.assert_close(alone.maps[0], whole.maps[number], rtol=1e-4, atol=1e-7)
        assert alone.targets[0] == whole.targets[number]


@pytest.mark.parametrize("method", ["grad-cam", "grad-cam++", "hires-cam", "layer-cam", "score-cam"])
def test_relus_that_work_in_place_change_nothing(method: str) -> None:
    """The convolution's output is overwritten by the ReLU after it; its map must be of what it put out."""
    network, batch = in_place(), images(2)
    plain = in_place()
    for module in plain.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    for layer in ("0", "1", "2", "3"):
        done = explain(network, batch, None, request(method, layer))
        torch.testing.assert_close(done.maps, explain(plain, batch, None, request(method, layer)).maps)


@pytest.mark.parametrize("steps", [16, 64])
def test_integrated_gradients_sum_to_the_change_of_the_score(steps: int) -> None:
    model, batch, targets = build_model("gap-cnn", seed=2).eval(), images(3), torch.tensor([1, 2, 3])
    for baseline in (torch.zeros(3, 28, 28), batch.mean(0)):
        parts = integrated_gradients(model, batch, targets, baseline, steps=steps).sum((1, 2, 3))
        with torch.no_grad():
            change = (model(batch) - model(baseline[None])).gather(1, targets[:, None])[:, 0]
        assert ((parts - change).abs() / change.abs().clamp_min(1e-2)).max() < 0.3 / steps**0.5


def test_on_a_linear_network_all_gradients_are_its_weights() -> None:
    linear = nn.Linear(3 * 28 * 28, 10)
    model, batch, targets = nn.Sequential(nn.Flatten(), linear), images(2), torch.tensor([4, 6])
    weights = linear.weight[targets].view(2, 3, 28, 28).detach()
    torch.testing.assert_close(input_gradient(model, batch, targets), weights)
    torch.testing.assert_close(smooth_grad(model, batch, targets, torch.Generator().manual_seed(0)), weights)
    baseline = torch.full((3, 28, 28), 0.3)
    torch.testing.assert_close(integrated_gradients(model, batch, targets, baseline), weights * (batch - baseline))


def test_smooth_grad_is_the_mean_over_the_noise_that_the_generator_gives() -> None:
    model, batch, targets = build_model("cnn3", seed=0).eval(), images(2), torch.tensor([4, 6])
    noise = torch.randn(25, 2, 3, 28, 28, generator=torch.Generator().manual_seed(7))
    each = [input_gradient(model, batch + 0.15 * draw, targets) for draw in noise]
    smooth = smooth_grad(model, batch, targets, torch.Generator().manual_seed(7))
    torch.testing.assert_close(smooth, torch.stack(each).mean(0), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("side", "draws"), [(2, 14), (7, 200)], ids=["all coalitions", "some"])
def test_shapley_values_sum_to_the_change_of_the_score(side: int, draws: int) -> None:
    model, batch, targets = build_model("gap-cnn", seed=1).eval().double(), images(3).double(), torch.tensor([0, 4, 9])
    baseline = images(1, seed=9).double()
    maps = kernel_shap(model, batch, targets, baseline, torch.Generator().manual_seed(0), side=side, draws=draws)
    with torch.no_grad():
        change = (model(batch) - model(baseline)).gather(1, targets[:, None])[:, 0]
    assert maps.shape == (3, side, side)
    torch.testing.assert_close(maps.sum((1, 2)), change)


def test_shapley_values_of_a_counting_network_are_each_squares_own_light() -> None:
    """What adds up needs no coalition that wasn't drawn, and a square's share is what it would be alone."""
    batch, targets, baseline = images(2).double(), torch.tensor([1, 2]), torch.zeros(3, 1, 1, dtype=torch.float64)
    maps = kernel_shap(ones().double(), batch, targets, baseline, torch.Generator().manual_seed(0), side=7, draws=200)
    light = 4**2 * F.avg_pool2d(batch.sum(1), 4) / 28**2
    torch.testing.assert_close(maps, light * targets[:, None, None])


def test_superpixels_of_an_image_that_they_dont_divide_differ_by_a_pixel_a_side() -> None:
    squares = superpixels(28, 10, 3)
    assert squares.unique().tolist() == [*range(9)]
    assert torch.bincount(squares.flatten()).tolist() == [
        rows * columns for rows in (10, 9, 9) for columns in (4, 3, 3)
    ]


def test_occlusion_of_a_counting_network_is_the_light_that_a_patch_takes() -> None:
    """The class score is the mean of all pixels, so that a patch costs the sum of what it covers, over 784."""
    model, batch = ones(), images(2)
    drops = occlusion(model, batch, torch.tensor([1, 1]), torch.zeros(3), patch=7, stride=7)
    light = batch.sum(1).view(2, 4, 7, 4, 7).sum((2, 4)) / 784
    expected = light.repeat_interleave(7, 1).repeat_interleave(7, 2)
    torch.testing.assert_close(drops, expected, rtol=1e-3, atol=1e-5)


def test_occlusion_reaches_every_pixel_where_the_patches_dont_fit() -> None:
    drops = occlusion(ones(), images(1), torch.tensor([1]), torch.zeros(3), patch=5, stride=3)
    assert torch.isfinite(drops).all()
    assert (drops > 0).all()


def test_score_cam_weighs_a_channel_by_what_is_seen_through_it() -> None:
    """Channel 0 is red, channel 1 is green; the class likes red. Seen through red, the image scores higher."""
    conv, head = nn.Conv2d(3, 2, 1, bias=False), nn.Linear(2, 10)
    with torch.no_grad():
        conv.weight[:] = torch.tensor([[1.0, 0, 0], [0, 1, 0]]).view(2, 3, 1, 1)
        head.weight.zero_()
        head.bias.zero_()
        head.weight[3, 0] = 40
    model = Classifier(conv1=conv, relu1=nn.ReLU(), gap=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), head=head).eval()
    batch = torch.zeros(1, 3, 28, 28)
    batch[0, 0, :14], batch[0, 1, 14:] = 1, 1
    maps = score_cam(model, "features.relu1", batch, torch.tensor([3]))
    red = torch.sigmoid(torch.tensor(20.0))  # the score is 40 x half the image through red, 0 through green
    torch.testing.assert_close(maps[0, :14], torch.full((14, 28), float(red)))
    torch.testing.assert_close(maps[0, 14:], torch.full((14, 28), float(1 - red)))


def test_targets_are_what_the_network_predicts_unless_said() -> None:
    model, batch = build_model("gap-cnn", seed=0).eval(), images(6)
    with torch.no_grad():
        said = model(batch).argmax(1)
    for method in ("grad-cam", "input-gradient"):
        done = explain(model, batch, None, request(method, "features.relu3"))
        assert (done.targets == said).all()
        asked = explain(model, batch, (said + 1) % 10, request(method, "features.relu3"))
        assert not torch.allclose(asked.maps, done.maps)


def test_a_layer_that_doesnt_bear_on_the_logits_is_reported() -> None:
    class Aside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.aside, self.head = nn.Conv2d(3, 2, 1), nn.Linear(3, 10)

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            self.aside(batch)
            logits: torch.Tensor = self.head(batch.mean((2, 3)))
            return logits

    with pytest.raises(UsageError, match="does not affect"):
        layer_gradients(Aside(), "aside", images(1))


def test_a_network_that_mixes_colors_the_same_way_gives_gradients_that_a_sum_would_cancel() -> None:
    """Red minus green: the size over the channels shows what a signed sum would hide."""
    linear = nn.Linear(3 * 28 * 28, 10)
    with torch.no_grad():
        linear.weight.zero_()
        linear.weight[2] = torch.stack([torch.ones(784), -torch.ones(784), torch.zeros(784)]).view(-1)
    model = nn.Sequential(nn.Flatten(), linear)
    done = explain(model, images(1), torch.tensor([2]), request("input-gradient", None))
    np.testing.assert_allclose(done.maps.numpy(), 2)
