"""cnn3 with twice the channels, of which the larger one of each pair goes on (maxout, Goodfellow et al. 2013).

Study D hoped that channel-wise pooling would discourage color. MaxPool2d pools places and is channel-wise already, in
cnn3 as in gauss-pool; this pools channels: a pair may answer to a shape in either of two colors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.models.architectures.parts.convolutions import hidden_layer
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape


def _build(shape: NetworkShape) -> Classifier:
    from lazytui.models.architectures.parts.channel_pool import ChannelPool

    return classifier(
        conv1=nn.Conv2d(3, 64, 3, padding=1),
        relu1=nn.ReLU(),
        pairs1=ChannelPool(2),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 128, 3, padding=1),
        relu2=nn.ReLU(),
        pairs2=ChannelPool(2),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 128, 3, padding=1),
        relu3=nn.ReLU(),
        pairs3=ChannelPool(2),
        pool3=nn.MaxPool2d(2),
        **hidden_layer(64 * shape.positions(8), dropout=0.02),
        head=nn.Linear(128, shape.classes),
    )


ENTRY = ModelEntry(
    name="channel-pool",
    summary="cnn3 with twice the channels, pooled in pairs",
    origin="D",
    build=_build,
    layers=(
        Layer("features.relu1", (64, 28, 28)),
        Layer("features.relu2", (128, 14, 14)),
        Layer("features.relu3", (128, 7, 7)),
        Layer("features", (128,)),
    ),
    parameters=187_786,
)
