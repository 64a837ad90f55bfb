"""A classifier's features: taking a maximum before a ReLU changes nothing that anybody can see."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model


def _in_their_order(model: Classifier, images: Tensor) -> Tensor:
    output = images
    for module in model.features:
        output = module(output)
    logits: Tensor = model.head(output)
    return logits


def _model() -> Classifier:
    model = build_model("gap-cnn", seed=0)
    assert isinstance(model, Classifier)
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def test_values_and_gradients_are_to_the_bit_those_of_the_modules_in_their_order() -> None:
    images = torch.rand(64, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    images[:8] = 0.0  # whole windows that the ReLU leaves nothing of
    found = []
    for look in (lambda model, shown: model(shown), _in_their_order):
        model, shown = _model(), images.clone().requires_grad_()
        logits = look(model, shown)
        logits.square().sum().backward()
        found.append([logits.detach(), shown.grad, *(parameter.grad for parameter in model.parameters())])
    for one, other in zip(*found, strict=True):
        assert torch.equal(one, other)


def test_a_hook_sees_what_comes_out_of_its_own_layer() -> None:
    model, images = _model(), torch.rand(4, 3, 28, 28)
    outputs: dict[str, Tensor] = {}

    def keep(name: str) -> None:
        def hook(_module: nn.Module, _given: object, output: Tensor) -> None:
            outputs[name] = output

        model.features.get_submodule(name).register_forward_hook(hook)

    with torch.no_grad():
        plain = model(images)
        for name in ("conv1", "relu1", "pool1"):
            keep(name)
            logits = model(images)
            assert torch.equal(logits, plain)
        assert outputs["relu1"].shape == (4, 32, 28, 28)
        assert torch.equal(outputs["relu1"], outputs["conv1"].relu())
        assert torch.equal(outputs["pool1"], nn.functional.max_pool2d(outputs["relu1"], 2))
