"""ResNet-18 (He et al. 2016) whose first convolution is 3 x 3 with stride 1, without the first pool (study E)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.residual_net import residual_net
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier


def _build() -> Classifier:
    net = residual_net()
    return classifier(
        conv1=nn.Conv2d(3, 64, 3, padding=1, bias=False),
        bn1=net.bn1,
        relu1=nn.ReLU(),
        layer1=net.layer1,
        layer2=net.layer2,
        layer3=net.layer3,
        layer4=net.layer4,
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=net.fc,
    )


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
