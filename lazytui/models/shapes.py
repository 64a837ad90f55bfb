"""What goes into a network and what comes out, readable without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

CLASSES = 10
"""Of digits."""

IMAGE_SHAPE = (3, 28, 28)
"""Channels (red, green, blue), height and width of a digit; its values are float, in [0, 1]."""

_ATTRIBUTE = "network_shape"


@dataclass(frozen=True)
class NetworkShape:
    """Images of (3, height, width), float in [0, 1], go in; (classes,) logits of each come out."""

    height: int = IMAGE_SHAPE[1]
    width: int = IMAGE_SHAPE[2]
    classes: int = CLASSES

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return 3, self.height, self.width

    def positions(self, shrunk: int = 1) -> int:
        """How many pixels a map has whose sides are an image's divided by this, rounded down."""
        return (self.height // shrunk) * (self.width // shrunk)


def mark_shape(model: nn.Module, shape: NetworkShape) -> nn.Module:
    """The network itself, which knows its shape from now on."""
    setattr(model, _ATTRIBUTE, shape)
    return model


def shape_of(model: nn.Module) -> NetworkShape:
    """The shape that a network was built for; that of digits where it wasn't built by `build_model`."""
    shape = getattr(model, _ATTRIBUTE, None)
    return shape if isinstance(shape, NetworkShape) else NetworkShape()
