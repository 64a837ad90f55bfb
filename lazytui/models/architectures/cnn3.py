"""Convolutions of 32, 64 and 64 channels, then 576-128-10 with dropout .02 before the head (study D)."""

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
        **three_convolutions(64),
        **hidden_layer(64 * shape.positions(8), dropout=0.02),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="cnn3",
    summary="three convolutions, flattened, one hidden layer",
    origin="D",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features.relu3", (64, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=131_466,
)
