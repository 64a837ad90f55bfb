"""Networks whose smallest perturbations can be computed by hand, and a real one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.attacks.problem import Problem

SHAPE = (3, 28, 28)


class Linear(nn.Module):
    """Two classes that a plane divides, and two that are never near: logits (0, w x + b, -1000, -2000)."""

    def __init__(self, weight: Tensor, bias: float) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias

    def forward(self, images: Tensor) -> Tensor:
        margin = (images.flatten(1) * self.weight).sum(1) + self.bias
        never = torch.full_like(margin, -1000)
        return torch.stack([torch.zeros_like(margin), margin, never, 2 * never], 1)


def gray_images(count: int = 6, seed: int = 0) -> Tensor:
    """Images in whole levels between .3 and .7, so that no small change meets the end of the range."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(77, 179, (count, *SHAPE), generator=random) / 255


def plane(images: Tensor, epsilon: float, seed: int = 1) -> Linear:
    """A plane that lies about `epsilon` away from the images, measured by the largest change of any value."""
    weight = torch.randn(images[0].numel(), generator=torch.Generator().manual_seed(seed))
    height = (images.flatten(1) * weight).sum(1).mean()
    return Linear(weight, float(-height - epsilon * weight.abs().sum()))


def towards_one(model: nn.Module, images: Tensor, epsilon: float | Tensor, seed: int = 0) -> Problem:
    """From class 0 to class 1."""
    labels = torch.zeros(len(images), dtype=torch.long)
    budgets = torch.as_tensor(epsilon, dtype=torch.float32).expand(len(images)).clone()
    return Problem(model, images, labels, labels + 1, budgets, torch.Generator().manual_seed(seed))
