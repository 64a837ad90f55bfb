"""Capturing and replacing the outputs of a network's named layers, by forward hooks that last for a `with` block."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError, unknown_name
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.models.shapes import shape_of


@contextmanager
def capture_activations(model: nn.Module, *layers: str) -> Iterator[dict[str, Tensor]]:
    """Within the block: the output of each layer in the latest forward pass, by name; the last of one that runs twice.

    The layers above get a copy, so that an in-place layer changes nothing here; gradients flow through.
    Raises UsageError for a layer that doesn't exist.
    """
    activations: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], Tensor]:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
            activations[name] = output
            return output.clone()

        return hook

    with ExitStack() as stack:
        for name in layers:
            handle = layer_of(model, name).register_forward_hook(keep(name))
            stack.callback(handle.remove)
        yield activations


@contextmanager
def replace_activations(
    model: nn.Module, layer: str, change: Callable[[Tensor], Tensor], runs: int = 1
) -> Iterator[None]:
    """Within the block: the layers above `layer` get `change(output)` instead of its output.

    runs: how often the layer runs in a pass, as a ReLU does that is used again; its last output is replaced.
    """
    calls = itertools.count(1)

    def hook(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        return None if next(calls) % runs else change(output)

    handle = layer_of(model, layer).register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def layer_of(model: nn.Module, name: str) -> nn.Module:
    """The module at a dotted path such as "features.relu3". Raises UsageError, with similar names, if there is none."""
    modules: dict[str, nn.Module] = {path: module for path, module in model.named_modules() if path}
    if name not in modules:
        raise UsageError(unknown_name("layer", name, modules))
    return modules[name]


def layer_shapes(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation at each layer whose output is (N, units) or (N, channels, h, w), by name.

    In the order in which they run on one black image of `image_shape`, (channels, h, w): by default that which the
    network was built for. Others aren't listed.
    """
    outputs = _outputs_on_black(model, image_shape)
    return {name: each[-1] for name, each in outputs.items()}


def count_runs(model: nn.Module, layer: str) -> int:
    """How often a layer, one of `layer_shapes`, runs in a pass."""
    return len(_outputs_on_black(model)[layer])


def _outputs_on_black(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, list[tuple[int, ...]]]:
    """The shapes that each layer puts out in a pass, one for each of its runs; layers in the order of their last."""
    shapes: dict[str, list[tuple[int, ...]]] = {}

    def note(name: str) -> Callable[[nn.Module, object, object], None]:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            if isinstance(output, Tensor) and output.ndim in (2, 4):
                shapes[name] = [*shapes.pop(name, []), tuple(output.shape[1:])]

        return hook

    with ExitStack() as stack, torch.inference_mode(), evaluation_mode(model):
        for name, module in model.named_modules():
            if name:
                stack.callback(module.register_forward_hook(note(name)).remove)
        model(torch.zeros(1, *(image_shape or shape_of(model).image_shape), device=device_of(model)))
    return shapes
