"""torchvision's ResNet-18, from which three architectures take their blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazytui.models.architectures.base import classifier
from lazytui.system.lazy_torch import nn
from lazytui.system.torch_import import require_torchvision

if TYPE_CHECKING:
    from torch.nn import Conv2d

    from lazytui.models.architectures.classifier import Classifier


def residual_net(classes: int, *, pointwise: bool = False) -> Any:
    """torchvision's ResNet-18; no ReLU works in place, so hooks keep what they saw."""
    resnet = require_torchvision().models.resnet
    net = resnet.ResNet(resnet.BasicBlock, [2, 2, 2, 2], num_classes=classes)
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
        if pointwise and isinstance(module, resnet.BasicBlock):
            module.conv1 = _pointwise(module.conv1)
            module.conv2 = _pointwise(module.conv2)
    return net


def residual_classifier(classes: int, kernel: int, *, pointwise: bool = False) -> Classifier:
    """The net behind a first convolution of its own, with stride 1 and without the first pool."""
    net = residual_net(classes, pointwise=pointwise)
    return classifier(
        conv1=nn.Conv2d(3, 64, kernel, padding=kernel // 2, bias=False),
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


def _pointwise(conv: Conv2d) -> Conv2d:
    """The same convolution with a 1 x 1 kernel, initialized as torchvision initializes its own."""
    narrow = nn.Conv2d(conv.in_channels, conv.out_channels, 1, stride=conv.stride, bias=False)  # type: ignore[arg-type]
    nn.init.kaiming_normal_(narrow.weight, mode="fan_out", nonlinearity="relu")
    return narrow
