"""A learned 3 x 3 matrix over red, green and blue, spatial dropout, then small-16's convolutions.

Our reading: the matrix starts as the identity, and in training each mixed channel of an image is dropped as a
whole with probability .3, so that no single channel can be relied on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import two_convolutions
from lazytui.system.lazy_torch import nn, torch

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    mix = nn.Conv2d(3, 3, 1, bias=False)
    with torch.no_grad():
        mix.weight.copy_(torch.eye(3).view(3, 3, 1, 1))
    return classifier(mix=mix, dropout=nn.Dropout2d(0.3), **two_convolutions(), head=nn.Linear(24, shape.classes))


ENTRY = ModelEntry(
    name="color-balance",
    summary="a learned mix of the color channels and channel dropout before small-16",
    origin="B",
    build=_build,
    layers=(
        Layer("features.relu1", (16, 11, 11)),
        Layer("features.relu2", (24, 5, 5)),
        Layer("features", (24,)),
    ),
    least_side=9,
    parameters=6_107,
)
