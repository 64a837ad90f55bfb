"""One convolution, averaged over space (study E).

Padding 1 and the ReLU are our reading; without a ReLU the network would be linear.
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
        conv1=nn.Conv2d(3, 16, 3, padding=1),
        relu1=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(16, shape.classes),
    )


ENTRY = ModelEntry(
    name="lazy-gap",
    summary="one convolution and a global average: which can use little but color",
    origin="E",
    build=_build,
    layers=(Layer("features.relu1", (16, 28, 28)), Layer("features", (16,))),
    parameters=618,
)
