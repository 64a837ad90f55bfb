"""resnet18 with every convolution 1 x 1: its depth and its strides, but a unit sees a single pixel (study E)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry
from lazytui.models.architectures.parts.residual_net import residual_classifier

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return residual_classifier(shape.classes, 1, pointwise=True)


ENTRY = ModelEntry(
    name="resnet18-1x1",
    summary="resnet18 with every convolution 1 x 1",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (64, 28, 28)),
        Layer("features.layer1", (64, 28, 28)),
        Layer("features.layer2", (128, 14, 14)),
        Layer("features.layer3", (256, 7, 7)),
        Layer("features.layer4", (512, 4, 4)),
        Layer("features", (512,)),
    ),
    parameters=1_407_562,
)
