"""The memory layout that a network computes in: channels last, which is quicker, where the network can do with it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map


def channels_last(model: nn.Module) -> nn.Module:
    """The network itself, its convolutions in this layout, as images are too."""
    return model.to(memory_format=torch.channels_last)


def quickest_layout(model: nn.Module, image_shape: tuple[int, int, int]) -> nn.Module:
    """The network itself, channels last if it runs so, in both modes; else contiguous, whatever it is given.

    `x.view(len(x), -1)` is what most often can't: a view needs the layout that PyTorch has by default.
    """
    if _runs_channels_last(model, image_shape):
        return channels_last(model)
    for module in model.modules():  # each of them, since analyses run parts of a network too
        module.register_forward_pre_hook(_contiguous_inputs, with_kwargs=True)
    return model


def _runs_channels_last(model: nn.Module, image_shape: tuple[int, int, int]) -> bool:
    """Whether a copy of it takes two images so; what can't be copied isn't tried."""
    images = torch.zeros(2, *image_shape).to(memory_format=torch.channels_last)
    try:
        tried = channels_last(deepcopy(model))
        with torch.no_grad():
            for training in (False, True):
                tried.train(training)(images)
    except Exception:  # custom code; contiguous, it has run before
        return False
    return True


def _contiguous_inputs(_module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
    """Also tensors that are in lists, tuples or dictionaries."""

    def contiguous(value: Any) -> Any:
        return value.contiguous() if isinstance(value, Tensor) else value

    return tree_map(contiguous, inputs), tree_map(contiguous, named)
