"""Sobel edges: the last map shall look like the image's edges (study B). Expected to fail: edges are colored too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.errors import BadInput
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.models.shapes import IMAGE_SHAPE
from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm
from lazytui.training.methods.parts.color_jitter import LUMA

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch
    from lazytui.models.architectures.classifier import Classifier
    from lazytui.training.loop_settings import LoopSettings


class Options(MethodOptions):
    penalty: Penalty = 1.0
    least_side: int = Field(
        FINE_MAP, ge=1, le=28, description="Least height and width of the feature map that is compared, the last such."
    )


class SobelEdge(AddedTerm):
    """CE + penalty * the mean squared distance of the last map, averaged over channels and resized, from Sobel(x)."""

    options: Options
    moves_features = True

    def __init__(self, context: MethodContext) -> None:
        from lazytui.evaluation.forward import evaluation_mode

        super().__init__(context)
        self._model = context.classifier
        self._distance = torch.zeros((), device=context.hardware.device)
        with torch.no_grad(), evaluation_mode(context.model):
            last_map(self._model, torch.zeros(1, *IMAGE_SHAPE, device=context.hardware.device), self.options.least_side)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Options) -> str:
        listed = ARCHITECTURES.get(settings.model)
        sides = [min(layer.shape[1:]) for layer in listed.layers if layer.spatial] if listed else []
        if listed is None or max(sides, default=0) >= options.least_side:
            return ""
        lacks = f"of {options.least_side} x {options.least_side} or finer" if sides else "at all"
        return f"compares a feature map with the image's edges; {settings.model} has no map {lacks}."

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        features, maps = last_map(self._model, batch.images, self.options.least_side)
        distance = (resized_mean(maps) - sobel(batch.images)).square().mean()
        self._distance = distance.detach()
        return functional.cross_entropy(self._model.head(features), batch.digits), self.options.penalty * distance

    def signals(self) -> Mapping[str, float]:
        return {"edge_distance": float(self._distance)}


def last_map(model: Classifier, images: Tensor, least_side: int) -> tuple[Tensor, Tensor]:
    """The features (n, d) and the last map (n, c, h, w) of that height and width or more.

    Raises BadInput where there is none.
    """
    maps, values = None, images
    for module in model.features.children():
        values = module(values)
        if values.ndim == 4 and min(values.shape[2:]) >= least_side:
            maps = values
    if maps is None:
        raise BadInput("The method sobel-edge compares a feature map with the image's edges; this model has no maps.")
    return values, maps


def resized_mean(maps: Tensor) -> Tensor:
    """(n, c, h, w) -> (n, 1, 28, 28)."""
    return functional.interpolate(
        maps.float().mean(1, keepdim=True), IMAGE_SHAPE[1:], mode="bilinear", align_corners=False
    )


def sobel(images: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n, 1, h, w): how steep brightness is; a straight edge from black to white gives 1."""
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], device=images.device) / 4
    luma = torch.einsum("c,nchw->nhw", torch.tensor(LUMA, device=images.device), images)[:, None]
    slopes = functional.conv2d(
        functional.pad(luma, (1, 1, 1, 1), mode="replicate"), torch.stack((across, across.T))[:, None]
    )
    return (slopes.square().sum(1, keepdim=True) + 1e-12).sqrt()


ENTRY = MethodEntry(
    "sobel-edge",
    "The last feature map must resemble the image's edges, which are colored too.",
    SobelEdge,
    source="study B",
    options=Options,
    known_ineffective=True,
    signals={"edge_distance": "Mean squared distance of the last map from the image's edges."},
)
