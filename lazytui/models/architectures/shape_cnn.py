"""Five convolutions that pool gradually (study A): 3-32-64, pool, 64-128, pool, 128, average.

Read as output widths 32, 64 | 64, 128 | 128, all 3 x 3 with padding 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 64, 3, padding=1),
        relu3=nn.ReLU(),
        conv4=nn.Conv2d(64, 128, 3, padding=1),
        relu4=nn.ReLU(),
        pool4=nn.MaxPool2d(2),
        conv5=nn.Conv2d(128, 128, 3, padding=1),
        relu5=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="shape-cnn",
    summary="five convolutions with gradual pooling",
    origin="A",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 28, 28)),
        Layer("features.relu3", (64, 14, 14)),
        Layer("features.relu4", (128, 14, 14)),
        Layer("features.relu5", (128, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=279_050,
)
