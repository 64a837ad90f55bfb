"""One convolution, averaged to 2 x 2, then 64-64-10 (study A). Padding 1 is our reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        conv1=nn.Conv2d(3, 16, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.AdaptiveAvgPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64, 64),
        relu2=nn.ReLU(),
        head=nn.Linear(64, shape.classes),
    )


ENTRY = ModelEntry(
    name="lazy-cnn",
    summary="one convolution averaged to 2 x 2, one hidden layer",
    origin="A",
    build=_build,
    layers=(Layer("features.relu1", (16, 28, 28)), Layer("features", (64,))),
    parameters=5_258,
)
