"""The layers of a catalog's model, by shape: known from the catalog where it names them, found out elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.analyses.train.params import TrainParams
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.shapes import IMAGE_SHAPE
from lazytui.saliency.map_names import METHODS, MethodName

if TYPE_CHECKING:
    from torch import nn


def layer_shape(trained: TrainParams, layer: str) -> tuple[int, ...]:
    """Of one image's activation in any layer of the catalog's model. Raises UsageError where it has no such layer."""
    shapes = {one.name: one.shape for one in ARCHITECTURES[trained.model].layers} if _is_listed(trained) else {}
    return shapes[layer] if layer in shapes else _layer_shape_from_model(trained, layer)


def _layer_shape_from_model(trained: TrainParams, layer: str) -> tuple[int, ...]:
    model = _built(trained)
    from lazytui.hooks.split_model import SplitModel

    return SplitModel(model, layer).shape


def require_map_layer(trained: TrainParams, method: MethodName, layer: str | None) -> None:
    """Raise UsageError where a method can't map that layer of a model, or its attention. Only what the catalog doesn't
    know is built."""
    entry = METHODS[method]
    if entry.of_attention or (entry.of_layer and (method == "cam" or not _in_catalog(trained, layer))):
        model = _built(trained)
        from lazytui.saliency.map_layers import choose_layer

        choose_layer(model, trained.model, method, layer)


def _in_catalog(trained: TrainParams, layer: str | None) -> bool:
    """Whether the catalog has the layer's map; for None, whether it has one to offer."""
    if not _is_listed(trained):
        return False
    entry = ARCHITECTURES[trained.model]
    if layer is None:
        return entry.saliency_layer is not None
    return any(layer_entry.name == layer and layer_entry.spatial for layer_entry in entry.layers)


def _is_listed(trained: TrainParams) -> bool:
    """Whether the catalog knows the shapes of its layers."""
    return trained.model in ARCHITECTURES and trained.content.image_shape == IMAGE_SHAPE


def _built(trained: TrainParams) -> nn.Module:
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.training.initial_model import fresh_model

    return fresh_model(trained, trained.content, seed=0)
