"""A network without convolutions."""

from __future__ import annotations

from torch import nn

from lazytui.models.architectures.classifier import Classifier


def mlp() -> Classifier:
    """784 x 3 - 128 - 64 - 10 (study E)."""
    return Classifier(
        flatten=nn.Flatten(),
        fc1=nn.Linear(3 * 28 * 28, 128),
        relu1=nn.ReLU(),
        fc2=nn.Linear(128, 64),
        relu2=nn.ReLU(),
        head=nn.Linear(64, 10),
    )
