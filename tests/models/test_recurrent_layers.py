"""Recurrent networks have their gradients in evaluation mode: every analysis that takes one goes through.

Here is no cuDNN. The network refuses what cuDNN's layers refuse, so that whoever forgets meets it on the CPU too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lazytui.attacks import ATTACKS
from lazytui.attacks.problem import Problem
from lazytui.code_permission import allow
from lazytui.data.device_split import Batch
from lazytui.models.build import build_model
from lazytui.neurons.feature_visualization import Visualizer, visualize_classes
from lazytui.saliency.map_names import MethodName
from lazytui.saliency.maps_by_name import MapRequest, explain
from lazytui.system.hardware import Hardware
from lazytui.training.methods.parts.input_gradient import fit_and_input_gradient

NETWORK = """
import torch
from torch import nn

class AsCudnn(nn.LSTM):
    def forward(self, *inputs):
        if torch.is_grad_enabled() and not self.training and torch.backends.cudnn.enabled:
            raise RuntimeError("cudnn RNN backward can only be called in training mode")
        return super().forward(*inputs)

class Rows(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows, self.head = AsCudnn(84, 6, batch_first=True), nn.Linear(6, 10)
    def forward(self, images):
        rows, _ = self.rows(images.transpose(1, 2).flatten(2))
        return self.head(rows[:, -1])
"""

CPU = Hardware(torch.device("cpu"), "fp32")
IMAGES = torch.rand(4, 3, 28, 28, generator=torch.Generator().manual_seed(0)).mul(255).round() / 255


@dataclass(frozen=True)
class Untouched:
    """A network in evaluation mode, but for one layer, with a gradient that somebody left there."""

    model: nn.Module

    @property
    def state(self) -> tuple[list[bool], list[Tensor | None], bool]:
        modes = [module.training for module in self.model.modules()]
        return modes, [weight.grad for weight in self.model.parameters()], torch.backends.cudnn.enabled

    def require(self) -> None:
        modes, gradients, cudnn = self.state
        assert cudnn and modes == [False, False, True]
        assert gradients[0] is not None and gradients[0].eq(7).all()
        assert all(gradient is None for gradient in gradients[1:])


@pytest.fixture
def network(tmp_path: Path) -> Untouched:
    (tmp_path / "net.py").write_text(NETWORK)
    allow(code := f"{tmp_path / 'net.py'}:Rows")
    model = build_model(code, seed=0).eval()
    list(model.children())[-1].train()
    first = next(model.parameters())
    first.grad = torch.full_like(first, 7)
    return Untouched(model)


@pytest.mark.parametrize("method", ["input-gradient", "smooth-grad", "integrated-gradients"])
def test_maps_of_input_gradients(network: Untouched, method: MethodName) -> None:
    request = MapRequest(method, None, color=torch.zeros(3), baseline=torch.zeros(3, 28, 28))
    maps = explain(network.model, IMAGES, None, request).maps
    assert maps.abs().sum() > 0
    network.require()


@pytest.mark.parametrize("name", [name for name, entry in ATTACKS.items() if entry.needs_gradient])
def test_attacks(network: Untouched, name: str) -> None:
    options = {option: 3 if option == "steps" else default for option, default in ATTACKS[name].defaults.items()}
    labels = network.model(IMAGES).argmax(1)
    problem = Problem(
        network.model, IMAGES, labels, None, torch.full((4,), 0.1), torch.Generator().manual_seed(0), mean_images=IMAGES
    )
    assert ATTACKS[name].perturb(problem, **options).shape == IMAGES.shape
    network.require()


def test_images_that_a_class_likes(network: Untouched) -> None:
    climber = Visualizer(np.eye(10, 3, dtype=np.uint8) * 255, CPU, steps=2)
    assert np.isfinite(visualize_classes(network.model, climber, 1)).all()
    network.require()


def test_an_error_on_the_way_gives_cudnn_back(network: Untouched) -> None:
    with pytest.raises(RuntimeError):
        network.model(torch.rand(2, 3, 28, 5))
    network.require()
    with torch.no_grad():
        network.model(IMAGES)
    network.require()


@pytest.mark.parametrize("training", [True, False])
def test_penalties_on_input_gradients(network: Untouched, training: bool) -> None:
    calls = []
    network.model.train(training)
    network.model.rows.register_forward_pre_hook(lambda *_: calls.append(torch.backends.cudnn.enabled))  # type: ignore[union-attr, operator]
    digits = torch.arange(4)
    fit, gradient = fit_and_input_gradient(network.model, Batch(IMAGES, digits, digits, digits))
    (fit + gradient.square().sum()).backward()  # type: ignore[no-untyped-call]
    assert calls == [False] and torch.backends.cudnn.enabled
