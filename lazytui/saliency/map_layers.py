"""The layers that have a map, and which of them a method explains."""

from __future__ import annotations

from torch import nn

from lazytui.errors import UsageError
from lazytui.hooks.layer_hooks import layer_of, layer_shapes
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.class_activation import averaged_layer
from lazytui.saliency.map_names import METHODS, MethodName

Size = tuple[int, int]
"""Height and width of a layer's map."""


def map_sizes(model: nn.Module, image_shape: tuple[int, ...] | None = None) -> dict[str, Size]:
    """The layers that have a map, from input to head, with its size. image_shape: as of `layer_shapes`."""
    shapes = layer_shapes(model, image_shape)
    return {
        layer: (shape[1], shape[2]) for layer, shape in shapes.items() if len(shape) == 3 and shape[1] * shape[2] > 1
    }


def available_methods(model: nn.Module, sizes: dict[str, Size]) -> tuple[MethodName, ...]:
    """The methods that need no layer, and those for which the network has one. sizes: of `map_sizes`."""
    averages = averaged_layer(model) is not None
    return tuple(
        method
        for method, entry in METHODS.items()
        if not entry.of_layer or (averages if method == "cam" else bool(sizes))
    )


def choose_layer(
    model: nn.Module, name: str, method: MethodName, layer: str | None, sizes: dict[str, Size] | None = None
) -> str | None:
    """The layer whose map `method` shows; None for methods that score pixels.

    name: the model's. layer: default: the last with a map of at least 7 x 7, of those that the catalog lists for this
    model where it lists any. sizes: of `map_sizes`, if computed before.
    Raises UsageError for a layer that doesn't exist, has no map or doesn't suit the method.
    """
    if not METHODS[method].of_layer:
        return None
    if method == "cam":
        return _cam_layer(model, name, layer)
    sizes = map_sizes(model) if sizes is None else sizes
    if layer is None:
        return _default(name, sizes)
    if layer not in sizes:
        layer_of(model, layer)
        raise UsageError(f"The layer {layer} of {name} has no map. {_offer(sizes)}")
    return layer


def _default(name: str, sizes: dict[str, Size]) -> str:
    if not sizes:
        raise UsageError(f"No layer of {name} has a map. {_offer(sizes)}")
    fine = [layer for layer, size in sizes.items() if min(size) >= FINE_MAP]
    listed = [layer.name for layer in ARCHITECTURES[name].layers] if name in ARCHITECTURES else []
    return ([layer for layer in listed if layer in fine] or fine or list(sizes))[-1]


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
    own = [method for method, entry in METHODS.items() if not entry.of_layer]
    return f"Methods without a layer: {', '.join(own)}."
