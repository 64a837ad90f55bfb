"""The network of PyTorch's MNIST example with three input channels (study B): 9216-128-10, dropout .25 and .5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        conv1=nn.Conv2d(3, 32, 3),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 3),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        dropout1=nn.Dropout(0.25),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * ((shape.height - 4) // 2) * ((shape.width - 4) // 2), 128),
        relu3=nn.ReLU(),
        dropout2=nn.Dropout(0.5),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="torch-mnist",
    summary="the network of PyTorch's MNIST example, with color",
    origin="B",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 26, 26)),
        Layer("features.relu2", (64, 24, 24)),
        Layer("features", (128,)),
    ),
    parameters=1_200_458,
)
