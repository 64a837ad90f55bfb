"""Convolutions of 32, 64 and 64 channels, then 576-128-10 with dropout .02 before the head (study D)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier


def _build() -> Classifier:
    return classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 64, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * 3 * 3, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(0.02),
        head=nn.Linear(128, 10),
    )


ENTRY = ModelEntry(
    name="cnn3",
    summary="three convolutions, flattened, one hidden layer",
    origin="D",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features.relu3", (64, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=131_466,
)
