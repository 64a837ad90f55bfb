"""The dropout layers of a network, and how much they drop."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.modules.dropout import _DropoutNd

from lazytui.errors import BadInput, UsageError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.factory_import import resolve_model
from lazytui.models.shapes import NetworkShape


def set_dropout(model: nn.Module, share: float, name: str) -> None:
    """Let every dropout layer drop this share, in [0, 1), of what reaches it in training (Srivastava et al. 2014).

    name: the model's, for the UsageError that is raised where it has no such layer.
    """
    layers = dropout_layers(model)
    if not layers:
        raise UsageError(f"The model {name} has no dropout layer; {', '.join(_listed_with_dropout())} have.")
    for layer in layers:
        layer.p = share


def dropout_layers(model: nn.Module) -> list[_DropoutNd]:
    return [module for module in model.modules() if isinstance(module, _DropoutNd)]


def _listed_with_dropout() -> list[str]:
    """The catalog's models that have such layers, without drawing weights."""
    names = []
    for name in ARCHITECTURES:
        try:
            with torch.device("meta"):
                model = resolve_model(name)(NetworkShape())
        except BadInput:  # torchvision may not load; that is not what is being reported
            continue
        assert isinstance(model, nn.Module)
        if dropout_layers(model):
            names.append(name)
    return names
