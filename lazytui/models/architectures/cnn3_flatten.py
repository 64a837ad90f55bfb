"""gap-cnn's convolutions, flattened, then 1152-128-10 (study E). The 128 and dropout .5 are our reading."""

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
        conv3=nn.Conv2d(64, 128, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(128 * 3 * 3, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(0.5),
        head=nn.Linear(128, 10),
    )


ENTRY = ModelEntry(
    name="cnn3-flatten",
    summary="gap-cnn's convolutions with a flattening head and dropout",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features.relu3", (128, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=242_122,
)
