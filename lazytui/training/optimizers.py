"""The optimizers by name, fused into one kernel an update where the device has it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

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
        rate = settings.lr * (1 + math.cos(math.pi * step / total)) / 2
        for group in optimizer.param_groups:
            if isinstance(group["lr"], float):
                group["lr"] = rate
            else:
                group["lr"].fill_(rate)


def keep_rate_on_device(optimizer: Optimizer) -> None:
    """Have updates read the learning rate from a tensor, float32, which a recorded update finds changed."""
    import torch

    for group in optimizer.param_groups:
        device = group["params"][0].device
        if isinstance(group["lr"], float):
            group["lr"] = torch.tensor(group["lr"], dtype=torch.float32, device=device)
        if "capturable" in group and device.type == "cuda":
            group["capturable"] = True
    vars(optimizer)["_warned_capturable_if_run_uncaptured"] = True  # the first steps aren't recorded, as is meant


def state_of(optimizer: Optimizer, settings: LoopSettings) -> dict[str, Any]:
    """The optimizer's state, the same whether updates are recorded or not, so that a resume may do the other."""
    state = optimizer.state_dict()
    for group in state["param_groups"]:
        if not isinstance(group["lr"], float):
            group.update(lr=settings.lr, **({"capturable": False} if "capturable" in group else {}))
    return state
