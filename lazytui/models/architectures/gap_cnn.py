"""Three convolutions of 32, 64 and 128 channels (study E), the product's default.

The last map is 7 x 7 at `relu3`, 3 x 3 after `pool3`: look at it before that pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import three_convolutions
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(
        **three_convolutions(128), gap=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), head=nn.Linear(128, shape.classes)
    )


ENTRY = ModelEntry(
    name="gap-cnn",
    summary="three convolutions, pooled, and a global average (the default)",
    origin="E",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features.relu3", (128, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=94_538,
)
