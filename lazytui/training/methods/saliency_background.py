"""Saliency on the background: what lies beside the stroke may not matter (study E)."""

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
    penalty: Penalty = 0.5


class SaliencyBackground(AddedTerm):
    """CE + penalty * the mean absolute gradient of the loss on the background."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._objects = torch.from_numpy(context.data.train.objects).to(context.hardware.device)
        self._saliency = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        fit, gradient = fit_and_input_gradient(self.context.model, batch)
        saliency = background_saliency(gradient, self._objects[batch.indices])
        self._saliency.copy_(saliency.detach())
        return fit, self.options.penalty * saliency

    def signals(self) -> Mapping[str, float]:
        return {"background_saliency": float(self._saliency)}


def background_saliency(gradient: Tensor, objects: Tensor) -> Tensor:
    """The mean of |gradient|, (n, 3, h, w), over the background: 1 - objects / 255 of a pixel. objects: (n, h, w)."""
    background = (1 - objects / 255)[:, None]
    return (gradient.abs() * background).sum() / (3 * background.sum())


ENTRY = MethodEntry(
    "saliency-background",
    "Penalizes the loss's gradient on the background. Second order: a step costs as much as 3.5 plain ones.",
    SaliencyBackground,
    source="study E",
    options=Options,
    reads=("object masks",),
    signals={
        "background_saliency": "Mean absolute gradient of the loss to a value of the background: 0 where it can't "
        "matter."
    },
    static_step=True,
)
