"""Stacks of modules that several architectures share, by name; weights are drawn in the order of the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from torch.nn import Module


def three_convolutions(last: int) -> dict[str, Module]:
    """(N, 3, h, w) to (N, last, h // 8, w // 8): 32, 64, `last` channels, 3 x 3, padded, each with ReLU and MaxPool."""
    return {
        "conv1": nn.Conv2d(3, 32, 3, padding=1),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
        "conv2": nn.Conv2d(32, 64, 3, padding=1),
        "relu2": nn.ReLU(),
        "pool2": nn.MaxPool2d(2),
        "conv3": nn.Conv2d(64, last, 3, padding=1),
        "relu3": nn.ReLU(),
        "pool3": nn.MaxPool2d(2),
    }


def hidden_layer(inputs: int, dropout: float) -> dict[str, Module]:
    """The last map flattened, 128 units with a ReLU, dropout."""
    return {
        "flatten": nn.Flatten(),
        "fc1": nn.Linear(inputs, 128),
        "relu4": nn.ReLU(),
        "dropout": nn.Dropout(dropout),
    }


def two_convolutions() -> dict[str, Module]:
    """(N, 3, h, w) to (N, 24): 16 (7 x 7, stride 2, MaxPool) and 24 channels (3 x 3, padding 1), averaged."""
    return {
        "conv1": nn.Conv2d(3, 16, 7, stride=2),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
        "conv2": nn.Conv2d(16, 24, 3, padding=1),
        "relu2": nn.ReLU(),
        "gap": nn.AdaptiveAvgPool2d(1),
        "flatten": nn.Flatten(),
    }
