"""A feature on single images: its map, its Grad-CAM by hand, and the image that it prefers."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from lazytui.data.device_split import to_float
from lazytui.data.palettes import palette
from lazytui.errors import UsageError
from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.neurons.feature_visualization import Visualizer
from lazytui.neurons.report import to_bytes
from lazytui.sae.activation_samples import Positions, SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.feature_maps import LayerFeatures
from lazytui.sae.feature_measures import measure_activations
from lazytui.sae.variants.l1 import L1
from lazytui.sae.variants.topk import TopK
from lazytui.saliency.unit_grad_cam import layer_to_explain
from lazytui.system.hardware import Hardware
from tests.neurons.networks import CPU, tiny_data

OWN = torch.tensor([0, 1, 2, 3, 4, 5])


@functools.cache
def hard_images() -> NDArray[np.uint8]:
    return tiny_data().hard.images


def images() -> torch.Tensor:
    return to_float(torch.from_numpy(hard_images()[: len(OWN)]))


def features_of(layer: str, positions: Positions = "apart") -> LayerFeatures:
    """Of random directions: what is asked here holds for any."""
    split_model = SplitModel(build_model("gap-cnn", seed=0).eval(), layer)
    layout = SampleLayout(split_model.shape, positions)
    sae = Autoencoder(layout.dimensions, 16, torch.Generator().manual_seed(0), TopK(k=4))
    return LayerFeatures(sae, split_model, layout)


def test_the_mean_of_a_map_is_what_it_is_the_map_of() -> None:
    """Of positions apart the feature's activation; of averaged ones its pre-activation, which is linear."""
    apart = features_of("features.relu3")
    maps = apart.maps(images(), OWN)
    assert maps is not None and maps.shape == (6, 7, 7) and maps.min() >= 0 and maps.max() > 0
    np.testing.assert_allclose(maps.mean((1, 2)), apart.responses(hard_images()[: len(OWN)], OWN.numpy()), rtol=1e-5)
    averaged = features_of("features")
    maps = averaged.maps(images(), OWN)
    assert maps is not None and maps.shape == (6, 3, 3)
    with torch.inference_mode():
        linear = averaged.model.pre_activations(averaged.split_model.activations(images()))
    torch.testing.assert_close(maps.mean((1, 2)), linear.gather(1, OWN[:, None])[:, 0], rtol=1e-4, atol=1e-5)
    assert features_of("features.relu3", "together").maps(images(), OWN) is None


def test_grad_cam_of_a_feature_is_what_it_is_by_hand() -> None:
    """Two channels, red and green themselves, averaged; f = ReLU(3 red - 2 green - 0.5) and ReLU(-red): a feature's
    gradient by each channel is its weight over 28 x 28 positions where it is active, and 0 where it isn't."""
    network = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 10))
    sae = Autoencoder(2, 2, torch.Generator().manual_seed(0), L1())
    with torch.no_grad():
        network[0].weight.copy_(torch.eye(3)[:2].reshape(2, 3, 1, 1))
        sae.encoder.copy_(torch.tensor([[3.0, -1.0], [-2.0, 0.0]]))
        sae.encoder_bias.copy_(torch.tensor([-0.5, 0.0]))
    split_model = SplitModel(network.eval(), "2")
    x = torch.rand(2, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    x[:, 0] += 1
    found = LayerFeatures(sae, split_model, SampleLayout(split_model.shape)).grad_cam(x, torch.tensor([0, 1]), "0")
    torch.testing.assert_close(found[0], (3 * x[0, 0] - 2 * x[0, 1]) / 28**2)
    assert found[1].abs().max() == 0, "not active"


def test_grad_cam_refuses_a_layer_above_the_feature() -> None:
    features = features_of("features.relu2")
    assert layer_to_explain(features.split_model.model, "gap-cnn", "features.relu2") == "features.relu1"
    with pytest.raises(UsageError, match=r"'features.relu3' does not affect the layer 'features.relu2'"):
        features.grad_cam(images(), OWN, "features.relu3")


@pytest.mark.parametrize("layer", ["features", "features.relu3"])
def test_a_preferred_input_is_more_active_than_the_mean_image_and_the_same_by_seed(layer: str) -> None:
    features = features_of(layer)
    f = measure_activations(features.model, features.split_model, features.layout, hard_images(), CPU).f.numpy()
    chosen = np.argsort(-f.mean(0))[:4]
    visualizer = Visualizer(palette("distinct").rgb, Hardware(CPU.device, "bf16"), seed=3, steps=30)
    made, again = (features.visualize(f.mean(0), visualizer, 1, chosen.tolist()) for _ in range(2))
    assert np.array_equal(made, again)
    assert (features.responses(to_bytes(made[0]), chosen) > f.mean(0)[chosen]).all()
