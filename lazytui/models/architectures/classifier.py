"""What every architecture here is: named features, then one linear head."""

from __future__ import annotations

import itertools
from collections import OrderedDict

from torch import Tensor, nn


class FeaturesAndHead(nn.Module):
    """features: images (N, 3, h, w) to (N, d). head: linear, (N, d) to logits (N, classes)."""

    features: Features
    head: nn.Linear


class Classifier(FeaturesAndHead):
    """Images (N, 3, h, w), float in [0, 1], to logits (N, classes).

    `features` runs the named modules in their order and ends in the penultimate activation, (N, d); `head` is
    linear. So `model.features(x)` is what adversarial heads, refits and sparse autoencoders read,
    `model.head.weight` (classes, d) is what each feature adds to each logit, and "features.relu3" is a module path that
    a hook can be put on.
    """

    def __init__(self, *, head: nn.Linear, **features: nn.Module) -> None:
        super().__init__()
        self.features = Features(OrderedDict(features))
        self.head = head

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images))
        return logits


class Features(nn.Sequential):
    """Runs its modules in their order, but a maximum before the ReLU that it follows where nobody looks between.

    The two commute, in values and in gradients, and the ReLU of a pooled map is a quarter of the work.
    """

    def forward(self, images: Tensor) -> Tensor:
        activations = images
        for module in _pools_first(list(self)):
            activations = module(activations)
        return activations


def _pools_first(modules: list[nn.Module]) -> list[nn.Module]:
    ordered = list(modules)
    for index, (one, other) in enumerate(itertools.pairwise(modules)):
        if (
            isinstance(one, nn.ReLU)
            and isinstance(other, nn.MaxPool2d)
            and not (_is_watched(one) or _is_watched(other))
        ):
            ordered[index : index + 2] = [other, one]
    return ordered


def _is_watched(module: nn.Module) -> bool:
    """Whether a hook reads or changes what goes in or comes out."""
    hooks = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks)
    return any(hooks)
