"""Whatever is asked of a network, it is left as it was, and nothing piles up."""

from __future__ import annotations

import gc

import numpy as np
import pytest
import torch
from torch import nn

from lazytui.models.build import build_model
from lazytui.saliency.explainer import Explainer
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.maps_by_name import explain
from tests.saliency.networks import Counting, images, ones, request
from tests.saliency.token_networks import vision_transformer

LAYERS = {method: "features.pool3" if method == "cam" else "features.relu3" for method in METHODS}
OF_ATTENTION = [method for method, entry in METHODS.items() if entry.of_attention]


@pytest.mark.parametrize("method", METHODS)
def test_mode_gradients_hooks_and_grad_mode_are_as_before(method: str) -> None:
    model = vision_transformer() if method in OF_ATTENTION else build_model("gap-cnn", seed=0)
    part = model.get_submodule("encoder.layers.encoder_layer_1" if method in OF_ATTENTION else "features.conv2")
    model.train()
    part.eval()
    for number, parameter in enumerate(model.parameters()):
        parameter.grad = torch.full_like(parameter, float(number)) if number % 2 else None
        parameter.requires_grad_(number != 1)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    explain(model, images(2), None, request(method, LAYERS[method]))
    assert model.training and not part.training
    for number, parameter in enumerate(model.parameters()):
        assert (parameter.grad is None) == (number % 2 == 0)
        assert parameter.grad is None or (parameter.grad == number).all()
        assert parameter.requires_grad == (number != 1)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("method", ["grad-cam", "integrated-gradients", "score-cam"])
def test_a_network_that_fails_is_left_as_it_was_too(method: str) -> None:
    def refuse(_count: int) -> None:
        raise RuntimeError("no more")

    model = Counting(build_model("gap-cnn", seed=0), refuse).train()
    with pytest.raises(RuntimeError, match="no more"):
        explain(model, images(2), None, request(method, "inner.features.relu3"))
    assert model.training and torch.is_grad_enabled()
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("method", [method for method in METHODS if method not in OF_ATTENTION])
def test_memory_is_flat_over_two_hundred_calls(method: str) -> None:
    model, image = ones(), np.zeros((8, 8, 3), np.uint8)  # a call costs little, and leaves as much behind as any
    lens = Explainer(model, image[None], "ones")

    def calls(count: int) -> int:
        for _ in range(count):
            lens.explain(image, method=method)
        gc.collect()
        return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())

    tensors = calls(20)
    assert calls(200) == tensors
    assert not any(module._forward_hooks for module in model.modules())


def test_hooks_of_others_stay() -> None:
    model = build_model("gap-cnn", seed=0).eval()
    heard: list[torch.Size] = []
    relu = model.get_submodule("features.relu3")
    assert isinstance(relu, nn.Module)
    relu.register_forward_hook(lambda _module, _inputs, output: heard.append(output.shape))
    explain(model, images(2), None, request("grad-cam", "features.relu3"))
    assert heard and len(relu._forward_hooks) == 1
