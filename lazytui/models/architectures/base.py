"""What an architecture is: an entry for lists and forms, and the function that builds it.

An architecture's file is imported without torch, which is loaded when a network is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape

FINE_MAP = 7
"""Height and width below which a map can't show whether a network looks at the digit: at 3 x 3 even all evidence on the
stroke scores below a prior for the image's center."""


@dataclass(frozen=True)
class Layer:
    """A module whose output is an activation after its ReLU.

    name: its dotted path in the model ("features.relu3"); "features" is the penultimate activation, the head's input.
    shape: of one image's activation: (channels, height, width), or (units,).
    """

    name: str
    shape: tuple[int, ...]

    @property
    def channels(self) -> int:
        return self.shape[0]

    @property
    def spatial(self) -> bool:
        """Whether it has a map to look at."""
        return len(self.shape) == 3 and self.shape[1] * self.shape[2] > 1


@dataclass(frozen=True)
class ModelEntry:
    """One architecture.

    origin: the study it is from (A to E), or the paper.
    build: makes it with fresh weights, for images of any size from `least_side` on.
    layers: from the input to the head; the last is "features". Their shapes are those for images of 28 x 28.
    parameters: how many weights are trained, for images of 28 x 28 and ten classes.
    least_side: height and width, in pixels, below which an image shrinks to nothing in it.
    """

    name: str
    summary: str
    origin: str
    build: Callable[[NetworkShape], Classifier]
    layers: tuple[Layer, ...]
    parameters: int
    least_side: int = 1

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values."""
        layers = [{"name": layer.name, "shape": list(layer.shape)} for layer in self.layers]
        own = {name: value for name, value in vars(self).items() if name not in {"build", "layers"}}
        return {**own, "layers": layers}

    @property
    def saliency_layer(self) -> Layer | None:
        """The default layer for heat maps: the last whose map is 7 x 7 or finer; None where there is no map."""
        fine = [layer for layer in self.layers if layer.spatial and min(layer.shape[1:]) >= FINE_MAP]
        return fine[-1] if fine else None


def classifier(*, head: nn.Linear, **features: nn.Module) -> Classifier:
    """A `Classifier` of these modules, in their order."""
    from lazytui.models.architectures.classifier import Classifier

    return Classifier(head=head, **features)
