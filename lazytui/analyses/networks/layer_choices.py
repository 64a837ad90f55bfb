"""The layers of a catalog's model, by shape: known from the catalog where it names them, found out elsewhere."""

from __future__ import annotations

from lazytui.models.architectures import ARCHITECTURES
from lazytui.saliency.map_names import METHODS, MethodName


def layer_shape(model: str, layer: str) -> tuple[int, ...]:
    """Of one image's activation in any layer of the catalog's model. Raises UsageError where it has no such layer."""
    shapes = {one.name: one.shape for one in ARCHITECTURES[model].layers}
    return shapes[layer] if layer in shapes else _layer_shape_from_model(model, layer)


def _layer_shape_from_model(model: str, layer: str) -> tuple[int, ...]:
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.hooks.split_model import SplitModel
    from lazytui.models.build import build_model

    return SplitModel(build_model(model, seed=0), layer).shape


def require_map_layer(model: str, method: MethodName, layer: str | None) -> None:
    """Raise UsageError where a method can't map that layer of a model. Only what the catalog doesn't know is built."""
    if METHODS[method].of_layer and (method == "cam" or not _in_catalog(model, layer)):
        from lazytui.system.torch_import import require_torch

        require_torch()
        from lazytui.models.build import build_model
        from lazytui.saliency.map_layers import choose_layer

        choose_layer(build_model(model, seed=0), model, method, layer)


def _in_catalog(model: str, layer: str | None) -> bool:
    """Whether the catalog has the layer's map; for None, whether it has one to offer."""
    entry = ARCHITECTURES.get(model)
    if entry is None or layer is None:
        return entry is not None and entry.saliency_layer is not None
    return any(layer_entry.name == layer and layer_entry.spatial for layer_entry in entry.layers)
