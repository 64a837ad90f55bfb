"""The layers that have a map, and which of them a method explains."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import black_images, capture_activations, layer_entries, layer_of, maps_past_embedding
from lazytui.hooks.layer_layout import Size, maps_of_tokens
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.models.shapes import shape_of
from lazytui.saliency.attention_weights import ATTENTION, attention_blocks, layers_inside_attention
from lazytui.saliency.class_activation import averaged_layer
from lazytui.saliency.map_names import METHODS, MapMethod, MethodName


def map_sizes(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, Size]:
    """The layers that have a map, from input to head, with its size. image_shape: as of `layer_entries`."""
    entries = layer_entries(model, image_shape)
    sizes = {layer: entry.map_size for layer, entry in entries.items()}
    return {layer: size for layer, size in sizes.items() if size and size[0] * size[1] > 1}


def available_methods(
    model: nn.Module, sizes: dict[str, Size], image_shape: tuple[int, ...] | None = None
) -> tuple[MethodName, ...]:
    """The methods that need no layer, those for which the network has one, and those of attention where it has that.

    sizes: of `map_sizes`. image_shape: as of `layer_entries`.
    """
    averages, attends = averaged_layer(model) is not None, _attends(model, image_shape)

    def suits(method: MethodName, entry: MapMethod) -> bool:
        if entry.of_layer:
            return averages if method == "cam" else bool(sizes)
        return attends or not entry.of_attention

    return tuple(method for method, entry in METHODS.items() if suits(method, entry))


def _attends(model: nn.Module, image_shape: tuple[int, ...] | None) -> bool:
    return attention_blocks(model, image_shape or shape_of(model).image_shape) is not None


def choose_layer(
    model: nn.Module, name: str, method: MethodName, layer: str | None, sizes: dict[str, Size] | None = None
) -> str | None:
    """The layer whose map `method` shows; None for methods that score pixels.

    name: the model's. layer: default: `default_layer`. sizes: of `map_sizes`, if computed before.
    Raises UsageError for a layer that doesn't exist, has no map or doesn't suit the method, and where a network has no
    attention to map.
    """
    if METHODS[method].of_attention and not _attends(model, None):
        raise UsageError(f"The method {method} needs {ATTENTION}, and {name} isn't one.")
    if not METHODS[method].of_layer:
        return None
    if method == "cam":
        return _cam_layer(model, name, layer)
    sizes = map_sizes(model) if sizes is None else sizes
    if layer is None:
        return default_layer(model, name, sizes)
    if layer not in sizes:
        layer_of(model, layer)
        raise UsageError(f"The layer {layer} of {name} has no map. {_offer(sizes)}")
    return layer


def default_layer(
    model: nn.Module, name: str, sizes: dict[str, Size], image_shape: tuple[int, int, int] | None = None
) -> str:
    """The last layer with a map of at least 7 x 7 in which the logits have a gradient, and which is no part of what
    computes attention or embeds patches: of those that the catalog lists for this model where it lists any; the last
    with any map where none is so fine.

    In a vision transformer that reads its class off one token, patches count no more after the last attention: the last
    such layer is the norm before it, as Gildenblat's grad-cam recommends. image_shape: as of `layer_entries`.
    Raises UsageError where there is no map.
    """
    if not sizes:
        raise UsageError(f"No layer of {name} has a map. {_offer(sizes)}")
    image_shape = image_shape or shape_of(model).image_shape
    past = maps_past_embedding(layer_entries(model, image_shape))
    sizes = {layer: size for layer, size in sizes.items() if layer in past}
    fine = [layer for layer, size in sizes.items() if min(size) >= FINE_MAP]
    listed = [layer.name for layer in ARCHITECTURES[name].layers] if name in ARCHITECTURES else []
    if chosen := [layer for layer in listed if layer in fine]:
        return chosen[-1]
    inside = layers_inside_attention(model, sizes, image_shape)
    candidates = {layer: sizes[layer] for layer in fine or sizes if layer not in inside} or sizes
    return (_with_gradient(model, candidates, image_shape) or list(candidates))[-1]


def _with_gradient(model: nn.Module, sizes: dict[str, Size], image_shape: tuple[int, int, int]) -> list[str]:
    """Those of some layers in whose map, of its size, the logits have a gradient, on an image of noise."""
    noise = torch.rand(1, *image_shape, generator=torch.Generator().manual_seed(0)).to(black_images(model, image_shape))
    with torch.enable_grad(), evaluation_mode(model), capture_activations(model, *sizes) as activations:
        logits: Tensor = model(noise.requires_grad_())
        weights = torch.arange(1, logits.shape[1] + 1).to(logits)  # their plain sum is 1 after a softmax
        outputs = [activations[layer] for layer in sizes]
        gradients = torch.autograd.grad((logits * weights).sum(), outputs, allow_unused=True)

    def is_in_map(gradient: Tensor | None, size: Size) -> bool:
        if gradient is None:
            return False
        return bool((maps_of_tokens(gradient, size) if gradient.ndim == 3 else gradient).any())

    return [layer for (layer, size), each in zip(sizes.items(), gradients, strict=True) if is_in_map(each, size)]


def _cam_layer(model: nn.Module, name: str, layer: str | None) -> str:
    averaged = averaged_layer(model)
    if averaged is None:
        raise UsageError(f"CAM needs a network that averages a map directly into a linear head, and {name} doesn't.")
    if layer not in (None, averaged):
        raise UsageError(f"CAM of {name} needs the layer {averaged}, whose average feeds its head.")
    return averaged


def _offer(sizes: dict[str, Size]) -> str:
    if sizes:
        return f"Layers with a map: {', '.join(f'{layer} ({h} x {w})' for layer, (h, w) in sizes.items())}."
    own = [method for method, entry in METHODS.items() if not entry.of_layer and not entry.of_attention]
    return f"Methods without a layer: {', '.join(own)}."
