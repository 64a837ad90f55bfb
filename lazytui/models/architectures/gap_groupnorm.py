"""Three convolutions with GroupNorm, ending in 16 channels whose averages are the 16 neurons of study C.

The study gives the last width only. Ours are 32, 32, 16 in groups of four channels, all at full resolution,
since its one MaxPool comes after the third.
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
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        norm1=nn.GroupNorm(8, 32),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 32, 3, padding=1),
        norm2=nn.GroupNorm(8, 32),
        relu2=nn.ReLU(),
        conv3=nn.Conv2d(32, 16, 3, padding=1),
        norm3=nn.GroupNorm(4, 16),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(16, shape.classes),
    )


ENTRY = ModelEntry(
    name="gap-groupnorm",
    summary="three convolutions with GroupNorm, sixteen pooled neurons",
    origin="C",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (32, 28, 28)),
        Layer("features.relu3", (16, 28, 28)),
        Layer("features", (16,)),
    ),
    parameters=15_098,
)
