"""Small networks and images for maps whose every value is known."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lazytui.models.architectures.classifier import Classifier
from lazytui.saliency.maps_by_name import MapRequest


def images(count: int = 4, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, 28, 28, generator=torch.Generator().manual_seed(seed))


def request(method: str, layer: str | None = "features.relu1") -> MapRequest:
    return MapRequest(method, layer, torch.full((3,), 0.4), torch.zeros(3, 1, 1))


def ones() -> Classifier:
    """A 1 x 1 convolution of ones, averaged: the logit of class c is c times the mean of all pixels, plus 1."""
    conv, head = nn.Conv2d(3, 1, 1), nn.Linear(1, 10)
    with torch.no_grad():
        conv.weight.fill_(1)
        conv.bias.fill_(0)
        head.weight[:, 0] = torch.arange(10.0)
        head.bias.fill_(1)
    return Classifier(conv1=conv, relu1=nn.ReLU(), gap=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), head=head).eval()


def in_place() -> nn.Sequential:
    """A network all of whose ReLUs work in place."""
    torch_state = torch.random.get_rng_state()
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Linear(128, 10),
    )
    torch.random.set_rng_state(torch_state)
    return model.eval()


class Counting(nn.Module):
    """A network that reports each batch, and may refuse it."""

    def __init__(self, inner: nn.Module, count_images: Callable[[int], None]) -> None:
        super().__init__()
        self.inner = inner
        self._seen = count_images

    def forward(self, batch: Tensor) -> Tensor:
        self._seen(len(batch))
        logits: Tensor = self.inner(batch)
        return logits
