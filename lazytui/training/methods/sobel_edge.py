"""Sobel edges: the last map shall look like the image's edges (study B). Expected to fail: edges are colored too."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import conv2d, cross_entropy, interpolate, pad

from lazytui.data.device_split import Batch
from lazytui.errors import BadInput
from lazytui.evaluation.forward import evaluation_mode
from lazytui.models.architectures.classifier import IMAGE_SHAPE, Classifier
from lazytui.models.catalog import FINE_MAP
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.color_jitter import LUMA


class SobelEdge(Method):
    """CE + penalty * the mean squared distance of the last map, averaged over channels and resized, from Sobel(x)."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._distance = torch.zeros((), device=bench.hardware.device)
        with torch.no_grad(), evaluation_mode(bench.model):
            last_map(self._model, torch.zeros(1, *IMAGE_SHAPE, device=bench.hardware.device))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features, maps = last_map(self._model, batch.images)
        distance = (resized_mean(maps) - sobel(batch.images)).square().mean()
        self._distance = distance.detach()
        return cross_entropy(self._model.head(features), batch.digits) + self.bench.option("penalty") * distance

    def signals(self) -> Mapping[str, float]:
        return {"edge_distance": float(self._distance)}


def last_map(model: Classifier, images: Tensor) -> tuple[Tensor, Tensor]:
    """The features (n, d) and the last map (n, c, h, w) of 7 x 7 or finer. Raises BadInput where there is none."""
    maps, values = None, images
    for module in model.features.children():
        values = module(values)
        if values.ndim == 4 and min(values.shape[2:]) >= FINE_MAP:
            maps = values
    if maps is None:
        raise BadInput("The method sobel-edge compares a map with the image's edges, and this model makes no maps.")
    return values, maps


def resized_mean(maps: Tensor) -> Tensor:
    """(n, c, h, w) -> (n, 1, 28, 28)."""
    return interpolate(maps.float().mean(1, keepdim=True), IMAGE_SHAPE[1:], mode="bilinear", align_corners=False)


def sobel(images: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n, 1, h, w): how steep brightness is; a straight edge from black to white gives 1."""
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], device=images.device) / 4
    luma = torch.einsum("c,nchw->nhw", torch.tensor(LUMA, device=images.device), images)[:, None]
    slopes = conv2d(pad(luma, (1, 1, 1, 1), mode="replicate"), torch.stack((across, across.T))[:, None])
    return (slopes.square().sum(1, keepdim=True) + 1e-12).sqrt()
