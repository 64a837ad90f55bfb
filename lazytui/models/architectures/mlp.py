"""784 x 3 - 128 - 64 - 10 (study E)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        flatten=nn.Flatten(),
        fc1=nn.Linear(3 * shape.positions(), 128),
        relu1=nn.ReLU(),
        fc2=nn.Linear(128, 64),
        relu2=nn.ReLU(),
        head=nn.Linear(64, shape.classes),
    )


ENTRY = ModelEntry(
    name="mlp",
    summary="two hidden layers and no convolution",
    origin="E",
    build=_build,
    layers=(Layer("features.relu1", (128,)), Layer("features", (64,))),
    parameters=310_090,
)
