"""torchvision's ResNet-18 fitted to 28 x 28 images, and study E's two variants that are kept from seeing shape."""

from __future__ import annotations

from typing import Any

from torch import nn

from lazytui.models.architectures.classifier import Classifier
from lazytui.models.torch_import import require_torchvision


def resnet18() -> Classifier:
    """ResNet-18 (He et al. 2016) whose first convolution is 3 x 3 with stride 1, without the first pool (study E)."""
    net = _residual_net()
    return Classifier(
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


def resnet18_1x1() -> Classifier:
    """resnet18 with every convolution 1 x 1: its depth and its strides, but a unit sees a single pixel (study E)."""
    net = _residual_net(pointwise=True)
    return Classifier(
        conv1=nn.Conv2d(3, 64, 1, bias=False),
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


def resnet_early_gap() -> Classifier:
    """resnet18 averaged right after its first convolution: all its depth works on 64 numbers (study E).

    On a 1 x 1 map a padded 3 x 3 convolution is a 1 x 1 convolution with eight dead weights in nine, so the blocks
    are built with 1 x 1 convolutions: the same functions with a ninth of the weights.
    """
    net = _residual_net(pointwise=True)
    return Classifier(
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


def _residual_net(*, pointwise: bool = False) -> Any:
    """torchvision's ResNet-18 for ten classes; no ReLU works in place, so hooks keep what they saw."""
    resnet = require_torchvision().models.resnet
    net = resnet.ResNet(resnet.BasicBlock, [2, 2, 2, 2], num_classes=10)
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
        if pointwise and isinstance(module, resnet.BasicBlock):
            module.conv1 = _pointwise(module.conv1)
            module.conv2 = _pointwise(module.conv2)
    return net


def _pointwise(conv: nn.Conv2d) -> nn.Conv2d:
    """The same convolution with a 1 x 1 kernel, initialized as torchvision initializes its own."""
    narrow = nn.Conv2d(conv.in_channels, conv.out_channels, 1, stride=conv.stride, bias=False)  # type: ignore[arg-type]
    nn.init.kaiming_normal_(narrow.weight, mode="fan_out", nonlinearity="relu")
    return narrow
