"""Input-color gradient: what matters may matter in gray only (study B)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.input_gradient import fit_and_input_gradient


class InputColorGradient(Method):
    """CE + penalty * how much the loss's gradients to red, green and blue differ, by absolute value."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._difference = torch.zeros((), device=bench.hardware.device)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        fit, gradient = fit_and_input_gradient(self.bench.model, batch)
        difference = channel_difference(gradient)
        self._difference = difference.detach()
        return fit + self.bench.option("penalty") * difference

    def signals(self) -> Mapping[str, float]:
        return {"channel_difference": float(self._difference)}


def channel_difference(gradient: Tensor) -> Tensor:
    """(n, 3, h, w) -> scalar: mean over images and pixels of |R - G| + |G - B| + |B - R|.

    Absolute values are of each image's own gradient, so that a batch's mean is without bias.
    """
    return (gradient - gradient.roll(-1, dims=1)).abs().sum(1).mean()
