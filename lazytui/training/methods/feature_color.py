"""Feature color: the same features from red, green or blue alone (study B)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from lazytui.data.device_split import Batch
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench, Method


class FeatureColor(Method):
    """CE + penalty * the distances between the features of the image's three channels, each taken alone."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._distance = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features = self._model.features(torch.cat((batch.images, *single_channels(batch.images)))).float()
        whole, *alone = features.chunk(4)
        distance = pairwise_distance(*alone)
        self._distance = distance.detach()
        return cross_entropy(self._model.head(whole), batch.digits) + self.bench.option("penalty") * distance

    def signals(self) -> Mapping[str, float]:
        return {"feature_distance": float(self._distance)}


def single_channels(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(n, 3, h, w) -> three of that shape: in each the other two channels are 0."""
    red, green, blue = torch.eye(3, device=images.device)[:, None, :, None, None]
    return images * red, images * green, images * blue


def pairwise_distance(red: Tensor, green: Tensor, blue: Tensor) -> Tensor:
    """Three (n, d) -> scalar: the squared distances of the three pairs, of unit vectors, summed; mean over images."""
    one, two, three = (normalize(features, dim=1) for features in (red, green, blue))
    pairs = ((one, two), (two, three), (three, one))
    return torch.stack([(a - b).square().sum(1).mean() for a, b in pairs]).sum()
