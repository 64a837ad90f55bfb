"""A head that is made anew on images which the network didn't learn from: training images that are held out for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodOptions
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.parts.dataset_predictions import features
from lazytui.training.methods.parts.groups import in_rounds

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lazytui.data.splits import Holdout

Aside = Annotated[float, Field(gt=0, le=0.5, description="Share of the training images held out for the head.")]
HeadSteps = Annotated[int, Field(ge=0, le=100_000, description="Updates of the head on the held-out images.")]
HeadRate = Annotated[float, Field(gt=0, le=100, description="Learning rate of these updates (plain gradient descent).")]


class HeldOutOptions(MethodOptions):
    """What methods have in common that make the head anew."""

    aside: Aside = 0.2

    def second_stage(self, epochs: int) -> tuple[str, int]:
        return "head refitted", epochs


class HeldOut(PlainTraining):
    """Plain training on all but the last `aside` of the training images; what comes after the last step is each one's.

    held_out: the images that the head is made on.
    """

    options: HeldOutOptions

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        holdout = self.hold_out(self.options.aside)
        self._first, self.held_out = holdout.first, holdout.split

    def hold_out(self, share: float) -> Holdout:
        """What is set aside; by default, the images as they are."""
        return self.context.data.holdout(share)

    def order(self, epoch: int) -> Tensor:
        kept = torch.arange(self._first)
        return in_rounds(kept, len(self.context.train), self.context.epoch_generator(epoch))

    @property
    def labels(self) -> Tensor:
        """(m,) int64 on the device, of what is held out."""
        return torch.from_numpy(self.held_out.labels).to(self.context.hardware.device, torch.int64)


class HeldOutHead(HeldOut):
    """The head, which is linear, is made anew."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self.model = context.classifier

    def features(self) -> Tensor:
        """(m, d) float32 on the device, of what is held out, as the network stands."""
        return features(self.model, self.held_out.images, self.context.hardware)

    def log_probabilities(self, values: Tensor) -> Tensor:
        """(m, classes) of features (m, d), as the head stands."""
        with torch.no_grad():
            return functional.log_softmax(self.model.head(values), dim=1)

    def set_head(self, weight: Tensor, bias: Tensor) -> None:
        """weight: (classes, d); bias: (classes,)."""
        with torch.no_grad():
            self.model.head.weight.copy_(weight)
            self.model.head.bias.copy_(bias)


def descend(head: nn.Linear, loss: Tensor, rate: float, largest_gradient: float = math.inf) -> None:
    """A step of plain gradient descent, whose gradient is clipped to a norm."""
    parameters = list(head.parameters())
    gradients = torch.autograd.grad(loss, parameters)
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    step = rate * (largest_gradient / norm).clamp(max=1)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(step * gradient)
