"""Two hidden layers of 390 with Xavier's weights (Arjovsky et al. 2019, IRM)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lazytui.models.architectures.parts.perceptron import build_perceptron, perceptron
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape

_WIDTHS = (390, 390)


def _build(shape: NetworkShape) -> Classifier:
    """Weights uniform within sqrt(6 / (inputs + outputs)), no bias at first (Glorot 2010)."""
    network = build_perceptron(shape, _WIDTHS)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    return network


ENTRY = replace(
    perceptron("mlp-390", "two hidden layers of 390, IRM's network", "Arjovsky 2019", _WIDTHS), build=_build
)
