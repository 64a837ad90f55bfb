"""Two encoders side by side, and one head on both."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.models.architectures.classifier import Classifier


class TwoEncoders(nn.Module):
    """Images to the features of both, (N, 2 d): first the intrinsic one's."""

    def __init__(self, intrinsic: nn.Module, biased: nn.Module) -> None:
        super().__init__()
        self.intrinsic = intrinsic
        self.biased = biased

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat((self.intrinsic(images), self.biased(images)), 1)


def two_encoders(one: Classifier, other: Classifier) -> Classifier:
    """A network of the features of both, with a fresh head."""
    head = nn.Linear(one.head.in_features + other.head.in_features, one.head.out_features)
    return Classifier(head=head, encoders=TwoEncoders(one.features, other.features))
