"""cnn3 behind a fixed Gaussian blur (5 x 5, sigma 1: our reading).

The study hoped that blur and channel-wise pooling would discourage color. MaxPool2d is channel-wise already and
a blur keeps color, so this is cnn3 with a little less detail: a placebo, to be measured beside cnn3. The filter is what
it adds; pooling over channels is a network of its own, channel-pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import hidden_layer, three_convolutions
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    from lazytui.models.architectures.parts.gaussian_blur import GaussianBlur

    return classifier(
        blur=GaussianBlur(),
        **three_convolutions(64),
        **hidden_layer(64 * shape.positions(8), dropout=0.02),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="gauss-pool",
    summary="a placebo: a fixed blur before cnn3, which keeps color",
    origin="D",
    build=_build,
    layers=(
        Layer("features.relu1", (32, 28, 28)),
        Layer("features.relu2", (64, 14, 14)),
        Layer("features.relu3", (64, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=131_466,
)
