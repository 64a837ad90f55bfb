"""ResNet-18 (He et al. 2016) whose first convolution is 3 x 3 with stride 1, without the first pool (study E)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry
from lazytui.models.architectures.parts.residual_net import residual_classifier

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return residual_classifier(shape.classes, 3)


ENTRY = ModelEntry(
    name="resnet18",
    summary="torchvision's ResNet-18, its beginning fitted to 28 x 28",
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
    parameters=11_173_962,
)
