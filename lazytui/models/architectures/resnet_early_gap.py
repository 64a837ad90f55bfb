"""resnet18 averaged right after its first convolution: all its depth works on 64 numbers (study E).

On a 1 x 1 map a padded 3 x 3 convolution is a 1 x 1 convolution with eight dead weights in nine, so the blocks
are built with 1 x 1 convolutions: the same functions with a ninth of the weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.residual_net import residual_net
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    net = residual_net(shape.classes, pointwise=True)
    return classifier(
        conv1=nn.Conv2d(3, 64, 3, padding=1, bias=False),
        bn1=net.bn1,
        relu1=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        layer1=net.layer1,
        layer2=net.layer2,
        layer3=net.layer3,
        layer4=net.layer4,
        flatten=nn.Flatten(),
        head=net.fc,
    )


ENTRY = ModelEntry(
    name="resnet-early-gap",
    summary="resnet18 averaged over space right after its first convolution",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (64, 28, 28)),
        Layer("features.layer1", (64, 1, 1)),
        Layer("features.layer2", (128, 1, 1)),
        Layer("features.layer3", (256, 1, 1)),
        Layer("features.layer4", (512, 1, 1)),
        Layer("features", (512,)),
    ),
    parameters=1_409_098,
)
