"""Recurrent layers without cuDNN where gradients through them are wanted that cuDNN's don't have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn


def differentiable(model: nn.Module) -> nn.Module:
    """The network itself; in evaluation mode its recurrent layers leave cuDNN out whenever gradients are recorded.

    "cudnn RNN backward can only be called in training mode", and every analysis that takes a gradient, of whatever,
    looks at a network in evaluation mode.
    """
    for module in model.modules():
        if isinstance(module, nn.RNNBase):
            layer = _WithoutCudnn()
            module.register_forward_pre_hook(layer.enter)
            module.register_forward_hook(layer.leave, always_call=True)
    return model


@contextmanager
def differentiable_twice(model: nn.Module) -> Iterator[None]:
    """Within the block gradients of gradients go through recurrent layers too, in either mode."""
    recurrent = any(isinstance(module, nn.RNNBase) for module in model.modules())
    with torch.backends.cudnn.flags(enabled=False) if recurrent else nullcontext():
        yield


class _WithoutCudnn:
    """Of one layer: a context for each of its calls, which may be nested in one another's errors."""

    def __init__(self) -> None:
        self._entered: list[AbstractContextManager[Any]] = []

    def enter(self, module: nn.Module, _inputs: object) -> None:
        needs_gradient = torch.is_grad_enabled() and not module.training
        context = torch.backends.cudnn.flags(enabled=False) if needs_gradient else nullcontext()
        context.__enter__()
        self._entered.append(context)

    def leave(self, _module: nn.Module, _inputs: object, _outputs: object) -> None:
        if self._entered:
            self._entered.pop().__exit__(None, None, None)
