"""Three 1 x 1 convolutions with BatchNorm (study E): a histogram of pixel colors, which cannot see shape at all.

Widths are gap-cnn's. There is no pooling but the average, so any permutation of the pixels gives the same logits.
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
        conv1=nn.Conv2d(3, 32, 1, bias=False),
        norm1=nn.BatchNorm2d(32),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(32, 64, 1, bias=False),
        norm2=nn.BatchNorm2d(64),
        relu2=nn.ReLU(),
        conv3=nn.Conv2d(64, 128, 1, bias=False),
        norm3=nn.BatchNorm2d(128),
        relu3=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="cnn-1x1",
    summary="three 1 x 1 convolutions: cannot see shape at all",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 28, 28)),
        Layer("features.relu3", (128, 28, 28)),
        Layer("features", (128,)),
    ),
    parameters=12_074,
)
