"""Grad-CAM of what a layer computes, such as a neuron or a feature of an autoencoder, in place of a class score."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import capture_activations, layer_shapes, maps_of
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.cam_family import grad_cam, gradient_at
from lazytui.saliency.class_activation import averaged_layer
from lazytui.saliency.map_layers import map_sizes

UnitScores = Callable[[Tensor], Tensor]
"""A layer's activations (N, *shape) -> (N,): what is explained of each image, such as one neuron's mean activation."""


def unit_grad_cam(model: nn.Module, images: Tensor, layer: str, unit_layer: str, scores: UnitScores) -> Tensor:
    """(N, h, w) float32, raw and signed: sum_k a_k A_k at `layer`, a_k the mean over space of the score's gradient
    (Selvaraju et al. 2017, eq. 1-2, with a unit's activation for y^c). 0 everywhere where the unit isn't active.

    images: (N, 3, H, W) float32. unit_layer: whose activations are scored; `layer` is that or one below. The model is
    left unchanged. Raises UsageError for a layer that doesn't exist or that the unit doesn't depend on.
    """

    def run_and_score() -> Tensor:
        with capture_activations(model, unit_layer) as activations:
            model(images)
        return scores(activations[unit_layer])

    both = gradient_at(model, layer, run_and_score, f"the layer {unit_layer!r}")
    return grad_cam(*(maps_of(model, layer, each, images) for each in both))


def unit_maps(model: nn.Module, images: Tensor, layer: str, own: Tensor) -> Tensor:
    """(N, h, w): of each image one channel of a layer's map. images: (N, 3, H, W) float32. own: (N,) int64."""
    with torch.no_grad(), evaluation_mode(model), capture_activations(model, layer) as activations:
        model(images)
    return maps_of(model, layer, activations[layer], images)[torch.arange(len(own), device=own.device), own]


def layer_to_explain(model: nn.Module, name: str, unit_layer: str) -> str | None:
    """Where Grad-CAM of a unit shows most: the last layer below it of which the map is 7 x 7 or finer; in the first
    layer the unit's own. None where no layer has a map.

    name: of the model; of the catalog's models, only layers after a ReLU are chosen.
    """
    sizes, order = map_sizes(model), list(layer_shapes(model))
    below = [layer for layer in order[: order.index(unit_layer)] if layer in sizes]
    catalog = {layer.name for layer in ARCHITECTURES[name].layers} if name in ARCHITECTURES else set()
    if unit_layer in sizes:
        below = [layer for layer in below if layer in catalog] or [unit_layer]
    elif catalog.intersection(below):
        below = [layer for layer in below if layer in catalog]
    fine = [layer for layer in below if min(sizes[layer]) >= FINE_MAP]
    return (fine or below)[-1] if below else None


def mapped_layer(model: nn.Module, unit_layer: str) -> str | None:
    """The layer that has the map of a unit: its own, or the one whose average it is; None where there is none."""
    if unit_layer in map_sizes(model):
        return unit_layer
    averages = list(layer_shapes(model))[-2:-1] == [unit_layer]
    return averaged_layer(model) if averages else None
