"""The optimizers by name, fused into one kernel an update where the device has it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lazytui.training.loop_settings import LoopSettings

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


def make_optimizer(parameters: Iterable[nn.Parameter], settings: LoopSettings) -> Optimizer:
    """An optimizer over the parameters that want gradients."""
    from lazytui.system.eager_optimizers import SGD, Adam, AdamW

    trained = [parameter for parameter in parameters if parameter.requires_grad]
    fused = trained[0].device.type in {"cpu", "cuda", "mps"}
    match settings.optimizer:
        case "adam":
            return Adam(trained, lr=settings.lr, weight_decay=settings.weight_decay, fused=fused)
        case "adamw":
            return AdamW(trained, lr=settings.lr, weight_decay=settings.weight_decay, fused=fused)
        case "sgd":
            return SGD(
                trained,
                lr=settings.lr,
                momentum=settings.momentum,
                weight_decay=settings.weight_decay,
                fused=fused,
            )


def set_rate(optimizer: Optimizer, settings: LoopSettings, step: int, total: int) -> None:
    """Give the learning rate that its schedule has for update `step` of `total`, counted from 0.

    cosine: half a period from lr down towards 0, without restarts (Loshchilov & Hutter 2017, eq. 5).
    """
    if settings.schedule == "cosine":
        for group in optimizer.param_groups:
            group["lr"] = settings.lr * (1 + math.cos(math.pi * step / total)) / 2
