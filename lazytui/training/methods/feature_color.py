"""Feature color: the same features from red, green or blue alone (study B)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    penalty: Penalty = 1.0


class FeatureColor(AddedTerm):
    """CE + penalty * the distances between the features of the image's three channels, each taken alone."""

    options: Options
    moves_features = True

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        self._distance = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        features = self._model.features(torch.cat((batch.images, *single_channels(batch.images)))).float()
        whole, *alone = features.chunk(4)
        distance = pairwise_distance(*alone)
        self._distance.copy_(distance.detach())
        return functional.cross_entropy(self._model.head(whole), batch.labels), self.options.penalty * distance

    def signals(self) -> Mapping[str, float]:
        return {"feature_distance": float(self._distance)}


def single_channels(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(n, 3, h, w) -> three of that shape: in each the other two channels are 0."""
    red, green, blue = torch.eye(3, device=images.device)[:, None, :, None, None]
    return images * red, images * green, images * blue


def pairwise_distance(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    """Three (n, d) -> scalar: the squared distances of the three pairs, of unit vectors, summed; mean over images."""
    one, two, three = (functional.normalize(features, dim=1) for features in (red, green, blue))
    pairs = ((one, two), (two, three), (three, one))
    return torch.stack([(a - b).square().sum(1).mean() for a, b in pairs]).sum()


ENTRY = MethodEntry(
    "feature-color",
    "Features must be the same from the red, the green or the blue channel alone.",
    FeatureColor,
    source="study B",
    options=Options,
    signals={
        "feature_distance": "Sum over pairs of channels of the squared distance of the unit features that each gives: "
        "0 where all give the same, at most 9."
    },
    static_step=True,
)
