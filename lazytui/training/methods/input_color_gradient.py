"""Input-color gradient: what matters may matter in gray only (study B)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm
from lazytui.training.methods.parts.input_gradient import fit_and_input_gradient

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    penalty: Penalty = 100.0


class InputColorGradient(AddedTerm):
    """CE + penalty * how much the loss's gradients to red, green and blue differ, by absolute value."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._difference = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        fit, gradient = fit_and_input_gradient(self.context.model, batch)
        difference = channel_difference(gradient)
        self._difference.copy_(difference.detach())
        return fit, self.options.penalty * difference

    def signals(self) -> Mapping[str, float]:
        return {"channel_difference": float(self._difference)}


def channel_difference(gradient: Tensor) -> Tensor:
    """(n, 3, h, w) -> scalar: mean over images and pixels of |R - G| + |G - B| + |B - R|.

    Absolute values are of each image's own gradient, so that a batch's mean is without bias.
    """
    return (gradient - gradient.roll(-1, dims=1)).abs().sum(1).mean()


ENTRY = MethodEntry(
    "input-color-gradient",
    "Penalizes differing loss gradients to red, green and blue. Second order: a step costs as much as 3.5 plain ones.",
    InputColorGradient,
    source="study B",
    options=Options,
    signals={
        "channel_difference": "Mean over pixels of how much the loss's gradients to red, green and blue differ: 0 for "
        "a network that sees gray."
    },
    static_step=True,
)
