"""Networks from elsewhere: what they take and put out, brought to what every network here does.

A network keeps its class, its layers and the names of its weights: images are prepared, and outputs brought to logits,
by hooks on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lazytui.counted_nouns import counted
from lazytui.errors import BadInput
from lazytui.models.adaptation import LUMA, Adaptation, Normalization
from lazytui.models.architectures.classifier import FeaturesAndHead
from lazytui.models.shapes import NetworkShape

_ADAPTED = "is_adapted"


def adapt(model: nn.Module, shape: NetworkShape, options: Adaptation) -> nn.Module:
    """The network, out of what may wrap it, taking images (N, 3, h, w) in [0, 1] to logits (N, classes).

    Of red, green and blue, or of brightness alone, it gets what it runs on. Of several outputs, in a tuple, a list or a
    dictionary, the logits are those of that name, or else the first with a number for each class; one logit z of two
    outputs becomes (0, z). Raises BadInput where the normalization has other channels than the network, and what the
    network raises where it runs on neither.
    """
    model = _unwrapped(model)
    outputs = _Outputs(options.of_outputs or shape.classes, options.outputs)
    outputs.attach(model)
    channels = _channels(model, shape, options)  # where it is seen what it puts out
    if outputs.changed:
        setattr(model, _ADAPTED, True)
    if channels == 3 and options.input_map is None and options.side is None:
        return model
    if options.normalization and len(options.normalization.mean) != channels:
        raise BadInput(
            f"The normalization is of {counted(len(options.normalization.mean), 'channel')}, and the network takes "
            f"{channels}."
        )
    _Inputs(channels, options).attach(model)
    setattr(model, _ADAPTED, True)
    return model


def is_adapted(model: nn.Module) -> bool:
    """Whether something is done to images before the network's own first layer, or to outputs after its last."""
    return getattr(model, _ADAPTED, False) is True


def adapters_of(model: nn.Module) -> tuple[Callable[[Tensor], Tensor] | None, Callable[[Tensor], Tensor] | None]:
    """What is done to images (N, 3, h, w) before the network's own first layer, and to outputs after its last; None
    where nothing is."""
    first = model.features if isinstance(model, FeaturesAndHead) else model
    owners = [
        getattr(hook, "__self__", None) for hook in (*first._forward_pre_hooks.values(), *model._forward_hooks.values())
    ]
    prepare = [owner.prepare for owner in owners if isinstance(owner, _Inputs)]
    choose = [owner.to_logits for owner in owners if isinstance(owner, _Outputs) and owner.changed]
    return next(iter(prepare), None), next(iter(choose), None)


def _unwrapped(model: nn.Module) -> nn.Module:
    """The network in what `nn.DataParallel` or `torch.compile` made of it."""
    while True:
        inner = model.module if isinstance(model, nn.DataParallel) else getattr(model, "_orig_mod", None)
        if not isinstance(inner, nn.Module):
            return model
        model = inner


@torch.no_grad()
def _channels(model: nn.Module, shape: NetworkShape, options: Adaptation) -> int:
    """3 or 1: how many it runs on. Raises what it raises on 3 where it runs on neither."""
    size = (options.side, options.side) if options.side else (shape.height, shape.width)
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()(torch.zeros(2, 3, *size))
        return 3
    except Exception:  # what a network raises on images that it can't take is its own affair
        try:
            model(torch.zeros(2, 1, *size))
        except Exception:  # it isn't a matter of channels
            pass
        else:
            return 1
        raise
    finally:
        for module, training in modes.items():
            module.training = training


class _Inputs:
    """Prepares images, (N, 3, h, w): resized, made gray, normalized, in that order."""

    def __init__(self, channels: int, options: Adaptation) -> None:
        self._side = options.side
        self._luma = torch.tensor(LUMA).view(1, 3, 1, 1) if channels == 1 else None
        chosen = options.input_map or Normalization((0.0,), (1.0,))
        self._mean, self._std = (torch.tensor(each).view(1, -1, 1, 1) for each in (chosen.mean, chosen.std))

    def attach(self, model: nn.Module) -> None:
        first = (
            model.features if isinstance(model, FeaturesAndHead) else model
        )  # methods run the features by themselves
        first.register_forward_pre_hook(self.enter)

    def enter(self, _module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        return self.prepare(inputs[0]), *inputs[1:]

    def prepare(self, images: Tensor) -> Tensor:
        if self._side is not None and images.shape[2:] != (self._side, self._side):
            images = functional.interpolate(images, (self._side, self._side), mode="bilinear", antialias=True)
        if self._luma is not None:
            images = (images * self._luma.to(images.device)).sum(1, keepdim=True)
        return (images - self._mean.to(images.device)) / self._std.to(images.device)


class _Outputs:
    """Brings whatever a network puts out to logits. changed: whether it ever put out something else."""

    def __init__(self, count: int, chosen: tuple[int, ...]) -> None:
        self._count, self._chosen = count, chosen
        self.changed = False

    def attach(self, model: nn.Module) -> None:
        model.register_forward_hook(self.leave)

    def leave(self, _module: nn.Module, _inputs: object, outputs: Any) -> Any:
        return self.to_logits(outputs)

    def to_logits(self, outputs: Any) -> Any:
        logits = _logits_among(outputs, self._count)
        if isinstance(logits, Tensor) and self._count == 2 and _is_one_logit(logits):
            z = logits.reshape(-1)
            logits = torch.stack((torch.zeros_like(z), z), 1)
        logits = self._of_classes(logits) if self._chosen and isinstance(logits, Tensor) else logits
        self.changed = self.changed or logits is not outputs
        return logits

    def _of_classes(self, logits: Tensor) -> Tensor:
        if logits.ndim != 2 or logits.shape[1] != self._count:
            outputs = " x ".join(map(str, logits.shape[1:])) or "one number"
            raise BadInput(f"{self._count} outputs are named, and the network has {outputs}.")
        return logits[:, list(self._chosen)]


def _logits_among(outputs: Any, count: int) -> Any:
    """The logits of `count` classes among several outputs; the first output where none is such, or what isn't several
    as it is."""
    named = outputs.get("logits") if isinstance(outputs, Mapping) else getattr(outputs, "logits", None)
    if named is not None:
        return named
    several = outputs.values() if isinstance(outputs, Mapping) else outputs
    if not isinstance(outputs, tuple | list | Mapping) or not several:
        return outputs
    tensors = [one for one in several if isinstance(one, Tensor)]
    fitting = [one for one in tensors if one.ndim == 2 and one.shape[1] == count]
    return next(iter([*fitting, *(one for one in tensors if count == 2 and _is_one_logit(one)), *several]))


def _is_one_logit(logits: Tensor) -> bool:
    return logits.ndim == 1 or (logits.ndim == 2 and logits.shape[1] == 1)
