"""LeNet-5 with ReLU and maxima: conv 6, 16 (5 x 5), 120 - 84 - 10 (LeCun 1998; SpuCo's network)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    height, width = ((side // 2 - 4) // 2 for side in (shape.height, shape.width))
    return classifier(
        conv1=nn.Conv2d(3, 6, 5, padding=2),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(16 * height * width, 120),
        relu3=nn.ReLU(),
        fc2=nn.Linear(120, 84),
        relu4=nn.ReLU(),
        head=nn.Linear(84, shape.classes),
    )


ENTRY = ModelEntry(
    name="lenet",
    summary="LeNet-5, SpuCo's network",
    origin="Joshi 2023",
    build=_build,
    layers=(
        Layer("features.relu1", (6, 28, 28)),
        Layer("features.relu2", (16, 10, 10)),
        Layer("features.relu3", (120,)),
        Layer("features", (84,)),
    ),
    parameters=62_006,
    least_side=12,
)
