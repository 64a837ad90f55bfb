"""The gradient of the loss to the image, itself with a gradient: for penalties on what a network looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional, nn, torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


def fit_and_input_gradient(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy, and the gradient (n, 3, h, w) of the *summed* one, which doesn't shrink with n.

    The gradient's own gradient is what makes a step cost about 3.5 plain ones.
    """
    from lazytui.models.recurrent_layers import differentiable_twice

    images = batch.images.detach().requires_grad_()
    with differentiable_twice(model):
        each = functional.cross_entropy(model(images), batch.labels, reduction="none")
    (gradient,) = torch.autograd.grad(each.sum(), images, create_graph=True)
    return each.mean(), gradient
