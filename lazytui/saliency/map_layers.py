"""Which layer's map to look at, of those that have one."""

from __future__ import annotations

from torch import nn

from lazytui.errors import UsageError
from lazytui.hooks.layer_hooks import layer_of, layer_shapes
from lazytui.models.catalog import CATALOG, FINE_MAP
from lazytui.saliency.class_activation import averaged_layer
from lazytui.saliency.map_names import METHODS, MethodName

Size = tuple[int, int]
"""Height and width of a layer's map."""


def map_sizes(model: nn.Module) -> dict[str, Size]:
    """The layers that have a map, from the input to the head, with its size."""
    shapes = layer_shapes(model)
    return {
        layer: (shape[1], shape[2]) for layer, shape in shapes.items() if len(shape) == 3 and shape[1] * shape[2] > 1
    }


def available_methods(model: nn.Module, sizes: dict[str, Size]) -> tuple[MethodName, ...]:
    """The methods that need no layer, and those for which the network has one. sizes: those of its maps."""
    averages = averaged_layer(model) is not None
    return tuple(
        method
        for method, entry in METHODS.items()
        if not entry.of_layer or (averages if method == "cam" else bool(sizes))
    )


def choose_layer(
    model: nn.Module, name: str, method: MethodName, layer: str | None, sizes: dict[str, Size] | None = None
) -> str | None:
    """The layer whose map `method` shows; None for a method of the image's own pixels.

    name: the model's; the catalog knows which layer is best. For others it is the last with a map of 7 x 7 or finer.
    sizes: those of its maps, where they are known already.
    Raises UsageError for a layer that doesn't exist, that has no map, or that isn't one for the method.
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
    entry = CATALOG.get(name)
    if entry is not None and entry.saliency_layer is not None:
        return entry.saliency_layer.name
    if not sizes:
        raise UsageError(f"No layer of {name} has a map. {_offer(sizes)}")
    fine = [layer for layer, size in sizes.items() if min(size) >= FINE_MAP]
    return (fine or list(sizes))[-1]


def _cam_layer(model: nn.Module, name: str, layer: str | None) -> str:
    averaged = averaged_layer(model)
    if averaged is None:
        raise UsageError(f"CAM is for networks that average a map straight into a linear head, and {name} doesn't.")
    if layer not in (None, averaged):
        raise UsageError(f"CAM of {name} is the map of {averaged}, which is averaged straight into its head.")
    return averaged


def _offer(sizes: dict[str, Size]) -> str:
    if sizes:
        return f"There are: {', '.join(f'{layer} ({h} x {w})' for layer, (h, w) in sizes.items())}."
    own = [method for method, entry in METHODS.items() if not entry.of_layer]
    return f"Methods that need none: {', '.join(own)}."
