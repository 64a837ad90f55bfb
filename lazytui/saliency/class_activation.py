"""Class activation mapping (CAM): a layer's maps weighted by a linear head that reads their averages."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import capture_activations
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.foreign_network import is_adapted
from lazytui.saliency.target_scores import Target


def cam(model: nn.Module, layer: str, images: Tensor, targets: Target) -> Tensor:
    """(N, h, w) float32: sum_k w_kc A_k (Zhou et al. 2016); its spatial mean is the logit minus the head's bias.

    images: (N, 3, H, W) float32. targets: (N,) int64, or a margin, whose weights are the difference of its classes'.
    UsageError unless the head reads the averages of `layer`, and for other scores, which no weights of the head make.
    """
    averaged = averaged_layer(model)
    if layer != averaged or not isinstance(model, Classifier):
        which = f"here that is {averaged}" if averaged else "this network has none; grad-cam works for any layer"
        raise UsageError(f"CAM needs the layer whose average feeds a linear head: {which}.")
    with torch.no_grad(), evaluation_mode(model), capture_activations(model, layer) as activations:
        model(images)
        return torch.einsum("nk,nkhw->nhw", _weights(model.head.weight, targets, len(images)), activations[layer])


def _weights(head: Tensor, targets: Target, images: int) -> Tensor:
    """(N, k), of a head's (classes, k)."""
    if isinstance(targets, Tensor):
        return head[targets]
    if targets.margin is None:
        raise UsageError(f"CAM has weights of classes and margins only, not of {targets.name}: grad-cam explains it.")
    first, second = targets.margin
    return (head[first] - head[second]).expand(images, -1)


def averaged_layer(model: nn.Module) -> str | None:
    """The layer whose map is averaged over space and then read by the head; None if there is none."""
    if not isinstance(model, Classifier) or is_adapted(model):
        return None
    names = [name for name, _ in model.features.named_children()]
    modules = list(model.features.children())
    if len(names) < 3 or not isinstance(modules[-1], nn.Flatten) or not _averages(modules[-2]):
        return None
    return f"features.{names[-3]}"


def _averages(module: nn.Module) -> bool:
    return isinstance(module, nn.AdaptiveAvgPool2d) and module.output_size in (1, (1, 1))
