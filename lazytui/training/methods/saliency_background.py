"""Saliency on the background: what lies beside the stroke may not matter (study E)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.input_gradient import fit_and_input_gradient


class SaliencyBackground(Method):
    """CE + penalty * the mean absolute gradient of the loss on the background."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._shapes = torch.from_numpy(bench.data.train.shapes).to(bench.hardware.device)
        self._saliency = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        fit, gradient = fit_and_input_gradient(self.bench.model, batch)
        saliency = background_saliency(gradient, self._shapes[batch.indices])
        self._saliency = saliency.detach()
        return fit + self.bench.option("penalty") * saliency

    def signals(self) -> Mapping[str, float]:
        return {"background_saliency": float(self._saliency)}


def background_saliency(gradient: Tensor, shapes: Tensor) -> Tensor:
    """The mean of |gradient|, (n, 3, h, w), over the background: 1 - shapes / 255 of a pixel. shapes: (n, h, w)."""
    background = (1 - shapes / 255)[:, None]
    return (gradient.abs() * background).sum() / (3 * background.sum())
