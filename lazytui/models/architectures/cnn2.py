"""Convolutions of 32 and 64 channels, then 3136-128-10 with dropout .25 before the head (study E)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import hidden_layer
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        **hidden_layer(64 * shape.positions(4), dropout=0.25),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="cnn2",
    summary="two convolutions, flattened, one hidden layer",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features", (128,)),
    ),
    parameters=422_218,
)
