"""Capturing and replacing the activations of a network's named layers, by forward hooks that last for a `with` block.

An activation is a layer's output with channels first: see `layer_layout`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError, unknown_name
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.layer_layout import (
    Size,
    channel_dimension,
    grids_of_tokens,
    is_like,
    is_padding,
    makes_maps,
    maps_of_tokens,
    to_activation,
    to_output,
)
from lazytui.models.shapes import shape_of


@contextmanager
def capture_activations(model: nn.Module, *layers: str) -> Iterator[dict[str, Tensor]]:
    """Within the block: the activation of each layer in the latest forward pass, by name; the last of one that runs
    twice.

    The layers above get a copy, so that an in-place layer changes nothing here; gradients flow through.
    Raises UsageError for a layer that doesn't exist.
    """
    activations: dict[str, Tensor] = {}
    image = _image_size(model)

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], Tensor]:
        def hook(module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
            dimension = channel_dimension(module, tuple(output.shape[1:]), image)
            activations[name] = to_activation(output, dimension)
            return to_output(activations[name], dimension).clone()

        return hook

    with ExitStack() as stack:
        for name in layers:
            handle = layer_of(model, name).register_forward_hook(keep(name))
            stack.callback(handle.remove)
        yield activations


_TRIED = 2
"""Black images that layers are found with."""


class _Reached(BaseException):
    """A pass has come to the layer; no code of a network's own takes it for an error."""


def activation_at(model: nn.Module, layer: str, images: Tensor, runs: int = 1) -> Tensor:
    """The activation of a layer on images, by a pass that ends there. runs: as in `replace_activations`."""
    calls = itertools.count(1)

    def stop(_module: nn.Module, _inputs: object, _output: object) -> None:
        if next(calls) == runs:
            raise _Reached

    with capture_activations(model, layer) as activations:
        handle = layer_of(model, layer).register_forward_hook(stop)
        try:
            model(images)
        except _Reached:
            pass
        finally:
            handle.remove()
    return activations[layer]


@contextmanager
def replace_activations(
    model: nn.Module, layer: str, change: Callable[[Tensor], Tensor], runs: int = 1
) -> Iterator[None]:
    """Within the block: the layers above `layer` get `change(activation)` instead of its activation.

    runs: how often the layer runs in a pass, as a ReLU does that is used again; its last output is replaced.
    """
    calls, image = itertools.count(1), _image_size(model)

    def hook(module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        if next(calls) % runs:
            return None
        dimension = channel_dimension(module, tuple(output.shape[1:]), image)
        return to_output(change(to_activation(output, dimension)), dimension)

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


@dataclass(frozen=True)
class LayerEntry:
    """shape: of one image's activation, (units,), (channels, h, w) or (channels, tokens). map_size: of its map; None
    of units. channels: which dimension of its output they are, CHANNELS_FIRST or CHANNELS_LAST. runs: how often it runs
    in a pass. is_output: whether it puts out the logits, or where no layer does, what the last of all puts out."""

    shape: tuple[int, ...]
    map_size: Size | None
    channels: int
    runs: int
    is_output: bool


def layer_entries(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, LayerEntry]:
    """The layers whose output is units, maps, or tokens of an image's patches, by name; others aren't listed.

    In the order in which they run on black images of `image_shape`, (channels, h, w): by default that which the network
    was built for.
    """
    image_shape = image_shape or shape_of(model).image_shape
    image = image_shape[1], image_shape[2]
    outputs, logits = _outputs_on_black(model, image_shape)
    last_of_all = list(outputs.values())[-1][-1] if outputs else None
    final = logits if any(_same(each[-1], logits) for each in outputs.values()) else last_of_all
    modules = dict(model.named_modules())
    of_maps = {each[-1].shape[2:] for name, each in outputs.items() if each[-1].ndim == 4 and makes_maps(modules[name])}
    sizes = {(height, width) for height, width in of_maps}
    grids = grids_of_tokens([each[-1].shape[1] for each in outputs.values() if each[-1].ndim == 3], sizes, image)
    entries = {}
    for name, each in outputs.items():
        last, module = each[-1], modules[name]
        dimension = channel_dimension(module, tuple(last.shape[1:]), image)
        shape = tuple(to_activation(last, dimension).shape[1:])
        map_size = grids.get(shape[1]) if last.ndim == 3 else None
        if last.ndim == 4 and _is_map(module, shape[1:], sizes, grids, image) and not is_padding(module):
            map_size = shape[1], shape[2]
        if last.ndim == 2 or map_size:
            entries[name] = LayerEntry(shape, map_size, dimension, len(each), _same(last, final))
    return entries


def maps_past_embedding(entries: Mapping[str, LayerEntry]) -> list[str]:
    """Those with a map. Where most of these are of tokens: from the first such on, since what comes before embeds the
    patches."""
    mapped = [name for name, entry in entries.items() if entry.map_size]
    of_tokens = [name for name in mapped if len(entries[name].shape) == 2]
    return mapped[mapped.index(of_tokens[0]) :] if 2 * len(of_tokens) > len(mapped) else mapped


def layer_shapes(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation at each of `layer_entries`."""
    return {name: entry.shape for name, entry in layer_entries(model, image_shape).items()}


def layers_before_logits(model: nn.Module) -> list[str]:
    """Those of `layer_entries` that run before the logits are put out; neither these nor a second head beside them."""
    return list(_before_logits(layer_entries(model)))


def _before_logits(entries: Mapping[str, LayerEntry]) -> Iterator[str]:
    return itertools.takewhile(lambda name: not entries[name].is_output, entries)


def last_before_logits(model: nn.Module) -> str:
    """The last of them that isn't as many units as there are logits, as a second head's are whose logits are averaged;
    the layer of the logits where there is no other."""
    entries = layer_entries(model)
    before = list(_before_logits(entries))
    logits = list(entries)[len(before)]
    wider = [name for name in before if entries[name].shape != entries[logits].shape]
    return [logits, *before, *wider][-1]


def maps_of(model: nn.Module, layer: str, activation: Tensor, images: Tensor) -> Tensor:
    """(N, channels, h, w): the map in a layer's activation on images (N, 3, H, W); tokens are put in their grid.

    Raises UsageError where the layer has none.
    """
    if activation.ndim == 4:
        return activation
    entry = layer_entries(model, tuple(images.shape[1:])).get(layer) if activation.ndim == 3 else None
    if entry is None or entry.map_size is None:
        raise UsageError(f"The layer {layer!r} has no map.")
    return maps_of_tokens(activation, entry.map_size)


def black_images(model: nn.Module, image_shape: tuple[int, ...], count: int = 1) -> Tensor:
    """(count, *image_shape): as the network takes them."""
    dtype = next((each.dtype for each in model.parameters() if each.is_floating_point()), None)
    return torch.zeros(count, *image_shape, device=device_of(model), dtype=dtype)


def _image_size(model: nn.Module) -> Size:
    shape = shape_of(model)
    return shape.height, shape.width


def _is_map(
    module: nn.Module, size: tuple[int, ...], sizes: Collection[tuple[int, ...]], tokens: Collection[int], image: Size
) -> bool:
    """Whether the last two of an activation's three dimensions are rows and columns: of a size that a layer of maps
    has, or else of the image's proportions. Attention between tokens is (heads, tokens, tokens)."""
    if size[0] == size[1] and size[0] in tokens and (isinstance(module, nn.Softmax | nn.Dropout) or size not in sizes):
        return False
    return size in sizes or is_like(size, image)


def _same(output: Tensor, other: Tensor | None) -> bool:
    return other is not None and torch.equal(output, other)


def _outputs_on_black(model: nn.Module, image_shape: tuple[int, ...]) -> tuple[dict[str, list[Tensor]], Tensor | None]:
    """What each layer puts out in a pass, for each of its runs; layers in the order of their last. And the logits.

    Outputs that aren't one of each image are left out, such as those of windows, tokens before images, or what is the
    same for all images, as an encoding of positions: of two images these aren't two.
    """
    outputs: dict[str, list[Tensor]] = {}

    def note(name: str) -> Callable[[nn.Module, object, object], None]:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            if isinstance(output, Tensor) and output.ndim in (2, 3, 4) and len(output) == _TRIED:
                outputs[name] = [*outputs.pop(name, []), output]

        return hook

    with ExitStack() as stack, torch.inference_mode(), evaluation_mode(model):
        for name, module in model.named_modules():
            if name:
                stack.callback(module.register_forward_hook(note(name)).remove)
        logits = model(black_images(model, image_shape, _TRIED))
    return outputs, logits if isinstance(logits, Tensor) else None
