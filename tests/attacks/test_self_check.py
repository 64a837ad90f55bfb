"""An attack that can't be believed says so."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.attacks.self_check import self_check
from tests.attacks.networks import gray_images, plane, towards_one


class Scaled(nn.Module):
    """Logits that are so large that their softmax has no gradient any more."""

    def __init__(self, model: nn.Module, scale: float) -> None:
        super().__init__()
        self.model, self.scale = model, scale

    def forward(self, images: Tensor) -> Tensor:
        scaled: Tensor = self.scale * self.model(images)
        return scaled


def test_a_network_that_hides_its_gradient_is_seen_through_and_an_honest_one_passes() -> None:
    images = gray_images(10)
    honest = Scaled(plane(images, 0.2), 1e-2)
    assert all(check.holds for check in self_check(towards_one(honest, images, 0.05), 0.05))
    hiding = {check.name: check.holds for check in self_check(towards_one(Scaled(honest, 1e4), images, 0.05), 0.05)}
    assert not hiding["without gradient"]


def test_noise_that_fools_is_reported() -> None:
    images = gray_images(10)
    twitchy = plane(images, 0.0)
    checks = {check.name: check for check in self_check(towards_one(twitchy, images, 0.3), 0.3)}
    assert checks["random noise"].value > 0.1 and not checks["random noise"].holds
    assert torch.is_grad_enabled()
