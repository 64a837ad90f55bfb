"""gap-cnn's convolutions, flattened, then 1152-128-10 (study E). The 128 and dropout .5 are our reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import hidden_layer, three_convolutions
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        **three_convolutions(128),
        **hidden_layer(128 * shape.positions(8), dropout=0.5),
        head=nn.Linear(128, shape.classes),
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
