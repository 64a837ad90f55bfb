"""The optimizers by name, fused into one kernel an update where the device has it."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn, optim

from lazytui.training.settings import TrainingSettings


def make_optimizer(parameters: Iterable[nn.Parameter], settings: TrainingSettings) -> optim.Optimizer:
    """An optimizer over the parameters that want gradients."""
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    fused = trained[0].device.type in {"cpu", "cuda", "mps"}
    match settings.optimizer:
        case "adam":
            return optim.Adam(trained, lr=settings.lr, weight_decay=settings.weight_decay, fused=fused)
        case "adamw":
            return optim.AdamW(trained, lr=settings.lr, weight_decay=settings.weight_decay, fused=fused)
        case "sgd":
            return optim.SGD(
                trained,
                lr=settings.lr,
                momentum=settings.momentum,
                weight_decay=settings.weight_decay,
                fused=fused,
            )
