"""One convolution and a maximum pool, then one linear layer: study E's first lazy network."""

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
        pool1=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        head=nn.Linear(16 * shape.positions(2), shape.classes),
    )


ENTRY = ModelEntry(
    name="lazy-maxpool",
    summary="one convolution and a maximum pool, then linear",
    origin="E",
    build=_build,
    layers=(Layer("features.relu1", (16, 28, 28)), Layer("features", (3136,))),
    parameters=31_818,
)
