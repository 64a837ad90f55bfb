"""The layers of a catalog's model, by shape: known from the catalog where it names them, found out elsewhere."""

from __future__ import annotations

from lazytui.models.architectures import ARCHITECTURES


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
