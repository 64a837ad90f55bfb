"""Models of installed packages: `torchvision:NAME` and `timm:NAME`, with fresh weights, never downloaded ones."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from lazytui.errors import BadInput, unknown_name
from lazytui.models.shapes import NetworkShape


def build_of_library(name: str, shape: NetworkShape) -> object:
    """The network of that name for so many classes. Vision transformers are given the size of images.

    Raises BadInput where the package isn't installed, or has no such classifier.
    """
    library, _, model = name.partition(":")
    if library == "torchvision":
        return _torchvision_model(model, shape)
    return _timm_model(model, shape)


def _torchvision_model(name: str, shape: NetworkShape) -> object:
    from lazytui.system.torch_import import require_torchvision

    models = require_torchvision().models
    _require_model("torchvision", name, models.list_models(module=models))
    sized = {"image_size": shape.height} if name.startswith("vit_") else {}
    return models.get_model(name, weights=None, num_classes=shape.classes, **sized)


def _timm_model(name: str, shape: NetworkShape) -> object:
    try:
        timm: Any = importlib.import_module("timm")
    except ImportError as error:
        raise BadInput(f"timm:{name} needs the package timm: python -m pip install timm") from error
    _require_model("timm", name, timm.list_models())
    chosen = {"pretrained": False, "num_classes": shape.classes}
    try:
        return timm.create_model(name, img_size=(shape.height, shape.width), **chosen)
    except TypeError:  # only some, such as transformers, are made for one size
        return timm.create_model(name, **chosen)


def _require_model(library: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise BadInput(unknown_name(f"classifier of {library}", name, names))
