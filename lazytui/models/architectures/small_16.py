"""Convolutions of 16 (7 x 7, stride 2, MaxPool) and 24 channels (3 x 3, padding 1): the last map is 5 x 5.

The average and head are our reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import two_convolutions
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    return classifier(**two_convolutions(), head=nn.Linear(24, shape.classes))


ENTRY = ModelEntry(
    name="small-16",
    summary="two convolutions, the first 7 x 7 with stride 2 and pooled",
    origin="B",
    build=_build,
    layers=(
        Layer("features.relu1", (16, 11, 11)),
        Layer("features.relu2", (24, 5, 5)),
        Layer("features", (24,)),
    ),
    least_side=9,
    parameters=6_098,
)
