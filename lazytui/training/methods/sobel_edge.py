"""Sobel edges: the last map shall look like the image's edges (study B). Expected to fail: edges are colored too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, Penalty
from lazytui.training.methods.parts.edges import AgainstEdges, EdgeOptions, resized, sobel

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(EdgeOptions):
    penalty: Penalty = 1.0


class SobelEdge(AgainstEdges):
    """CE + penalty * the mean squared distance of the last map, averaged over channels and resized, from Sobel(x)."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._distance = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        features, maps = self.last_map(batch.images)
        distance = (resized(maps.float().mean(1, keepdim=True), batch.images) - sobel(batch.images)).square().mean()
        self._distance.copy_(distance.detach())
        return functional.cross_entropy(self._model.head(features), batch.labels), self.options.penalty * distance

    def signals(self) -> Mapping[str, float]:
        return {"edge_distance": float(self._distance)}


ENTRY = MethodEntry(
    "sobel-edge",
    "The last feature map must resemble the image's edges, which are colored too.",
    SobelEdge,
    source="study B",
    options=Options,
    known_ineffective=True,
    signals={"edge_distance": "Mean squared distance of the last map from the image's edges."},
    static_step=True,
)
