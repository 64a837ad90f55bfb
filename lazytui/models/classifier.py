"""What every architecture here is: named features, then one linear head."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

CLASSES = 10
"""Digits."""

IMAGE_SHAPE = (3, 28, 28)
"""Channels (red, green, blue), height and width of an input; its values are float, in [0, 1]."""


class Classifier(nn.Module):
    """Images (N, 3, 28, 28), float in [0, 1], to logits (N, 10).

    `features` runs the named modules in their order and ends in the penultimate activation, (N, d); `head` is
    linear. So `model.features(x)` is what adversarial heads, refits and sparse autoencoders read,
    `model.head.weight` (10, d) is what each feature adds to each logit, and "features.relu3" is a module path that
    a hook can be put on.
    """

    def __init__(self, *, head: nn.Linear, **features: nn.Module) -> None:
        super().__init__()
        self.features = nn.Sequential(OrderedDict(features))
        self.head = head

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images))
        return logits
