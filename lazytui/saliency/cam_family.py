"""The Grad-CAM family: maps of a layer from its activation and one gradient.

Everywhere: A (N, C, h, w) is a layer's activation, g (N, C, h, w) the gradient of each image's class score with
respect to it; maps are (N, h, w), raw and signed: the papers' ReLU is for display.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import maps_of, replace_activations
from lazytui.saliency.target_scores import Target, target_scores


@dataclass(frozen=True)
class LayerGradients:
    """A layer's activation and the gradient of the target scores with respect to it.

    activation, gradient: (N, C, h, w) float32. logits: (N, classes) float32. targets: (N,) int64, classes explained;
    of a score, those predicted.
    """

    activation: Tensor
    gradient: Tensor
    logits: Tensor
    targets: Tensor


def layer_gradients(model: nn.Module, layer: str, images: Tensor, targets: Target | None = None) -> LayerGradients:
    """A layer's activation and the gradient of the class scores there, in one forward and one backward pass.

    images: (N, channels, H, W) float32. targets: (N,) int64 classes, or a score; default: the predicted classes.
    The model's mode, gradients and hooks are left unchanged.

    Raises UsageError for a layer that doesn't exist, has no map or doesn't affect the logits.
    """
    last_logits: list[Tensor] = []

    def class_scores() -> Tensor:
        logits: Tensor = model(images)
        classes = targets if isinstance(targets, Tensor) else logits.detach().argmax(1)
        last_logits[:] = [logits.detach(), classes]
        return target_scores(logits, classes if targets is None else targets)

    both = gradient_at(model, layer, class_scores, "the output of the network")
    activation, gradient = (maps_of(model, layer, each, images) for each in both)
    return LayerGradients(activation, gradient, *last_logits)


def gradient_at(model: nn.Module, layer: str, scores: Callable[[], Tensor], of: str) -> tuple[Tensor, Tensor]:
    """A layer's activation (N, C, ...), and the gradient of some scores there.

    scores: runs the model, and returns a number for each image, (N,). They are summed: images don't influence one
    another. of: what they are, for errors.
    The autograd graph begins at the layer; below it there is none, and no parameter's gradient is computed. The layers
    above get a copy, so that an in-place layer changes nothing here.

    Raises UsageError for a layer that doesn't exist or doesn't affect the scores.
    """
    activations: list[Tensor] = []

    def begin_graph(activation: Tensor) -> Tensor:
        torch.set_grad_enabled(True)  # until the no_grad around it ends
        activations[:] = [activation.detach().requires_grad_()]
        return activations[0].clone()

    with evaluation_mode(model), torch.no_grad(), replace_activations(model, layer, begin_graph):
        score = scores().sum()
        gradient = None
        if activations and score.requires_grad:
            (gradient,) = torch.autograd.grad(score, activations[0], allow_unused=True)
    if gradient is None:
        raise UsageError(f"The layer {layer!r} does not affect {of}.")
    return activations[0].detach(), gradient


def grad_cam(activation: Tensor, gradient: Tensor) -> Tensor:
    """sum_k a_k A_k with a_k the mean of g over space (Selvaraju et al. 2017, eq. 1-2)."""
    return torch.einsum("nk,nkhw->nhw", gradient.mean((2, 3)), activation)


def grad_cam_plus_plus(activation: Tensor, gradient: Tensor) -> Tensor:
    """sum_k w_k A_k with w_k = sum a ReLU(g), a = g^2 / (2 g^2 + g^3 sum_ab A_ab) (Chattopadhay et al. 2018, eq. 19).

    Only positive gradients count, and for those a = 1 / (2 + g sum_ab A_ab). The paper takes A after a ReLU; for a
    layer before one, a negative sum counts as 0, so that a neither grows without bound nor changes its sign.
    """
    positive = gradient.relu()
    total = activation.sum((2, 3), keepdim=True).relu()
    weights = (positive / (2 + positive * total)).sum((2, 3))
    return torch.einsum("nk,nkhw->nhw", weights, activation)


def hires_cam(activation: Tensor, gradient: Tensor) -> Tensor:
    """sum_k g A (Draelos & Carin 2020)."""
    return (gradient * activation).sum(1)


def layer_cam(activation: Tensor, gradient: Tensor) -> Tensor:
    """sum_k ReLU(g) A (Jiang et al. 2021)."""
    return (gradient.relu() * activation).sum(1)


FORMULAS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = MappingProxyType(
    {"grad-cam": grad_cam, "grad-cam++": grad_cam_plus_plus, "hires-cam": hires_cam, "layer-cam": layer_cam}
)
