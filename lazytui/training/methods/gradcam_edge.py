"""Grad-CAM edges: the evidence for the digit shall lie where the image has edges (study B's idea)."""

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


class GradcamEdge(AgainstEdges):
    """CE + penalty * the mean squared distance of the digit's Grad-CAM map, resized, from Sobel(x).

    Both are scaled to a maximum of 1 an image, since a heat map has no unit. A map that is nowhere above zero is one of
    zeros. The penalty's gradient goes through that of Grad-CAM, so that it is of second order.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._distance = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        features, maps = self.last_map(batch.images)
        logits = self._model.head(features)
        heat = gradcam(maps, logits, batch.labels)
        distance = (scaled(resized(heat, batch.images)) - scaled(sobel(batch.images))).square().mean()
        self._distance.copy_(distance.detach())
        return functional.cross_entropy(logits, batch.labels), self.options.penalty * distance

    def signals(self) -> Mapping[str, float]:
        return {"evidence_distance": float(self._distance)}


def gradcam(maps: Tensor, logits: Tensor, digits: Tensor) -> Tensor:
    """(n, 1, h, w), float32: ReLU(sum_k a_k A_k) of each image's digit, a_k the mean over space of dy / dA_k, with a
    gradient to the weights (Selvaraju et al. 2017, eq. 1-2).

    maps: A, (n, c, h, w). logits: (n, classes), computed from them. digits: (n,) int64.
    """
    scores = logits.gather(1, digits[:, None]).sum()
    (gradient,) = torch.autograd.grad(scores, maps, create_graph=True)
    weights = gradient.float().mean((2, 3), keepdim=True)
    return (weights * maps.float()).sum(1, keepdim=True).relu()


def scaled(maps: Tensor) -> Tensor:
    """(n, 1, h, w), not negative -> the same over each image's maximum; zeros stay zeros."""
    return maps / maps.amax((1, 2, 3), keepdim=True).clamp(min=1e-8)


ENTRY = MethodEntry(
    "gradcam-edge",
    "The Grad-CAM map of the class must resemble the image's edges, which are colored too.",
    GradcamEdge,
    source="study B; Selvaraju 2017",
    options=Options,
    signals={
        "evidence_distance": "Mean squared distance of the Grad-CAM map from the edges, each with a maximum of 1."
    },
    static_step=True,
)
