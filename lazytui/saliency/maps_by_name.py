"""Maps of a batch of images by the name of the method."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.models.scores import Score
from lazytui.saliency.attention_maps import attention_rollout, legrad
from lazytui.saliency.cam_family import FORMULAS, layer_gradients
from lazytui.saliency.class_activation import cam
from lazytui.saliency.gradients import input_gradient, integrated_gradients, smooth_grad
from lazytui.saliency.kernel_shap import kernel_shap
from lazytui.saliency.map_names import MethodName
from lazytui.saliency.occlusion import occlusion
from lazytui.saliency.score_cam import score_cam
from lazytui.saliency.target_scores import Target


@dataclass(frozen=True)
class MapRequest:
    """A method with what it needs.

    layer: of the methods that map a layer. color: (3,) float32, of occluding patches, usually the data's mean color.
    baseline: (3, H, W) float32, of integrated gradients and KernelSHAP. seed: of SmoothGrad's noise and KernelSHAP's
    coalitions. superpixels: of KernelSHAP, those of a row and of a column. score: what is explained, not a class.
    """

    method: MethodName
    layer: str | None
    color: Tensor
    baseline: Tensor
    seed: int = 0
    superpixels: int = 7
    score: Score | None = None


@dataclass(frozen=True)
class Maps:
    """maps: (N, h, w) float32, raw and signed. logits: (N, classes) float32. targets: (N,) int64, classes explained; of
    a score, those predicted."""

    maps: Tensor
    logits: Tensor
    targets: Tensor


def explain(model: nn.Module, images: Tensor, targets: Tensor | None, request: MapRequest) -> Maps:
    """Maps of the evidence for each image's target class. The model is left unchanged.

    images: (N, 3, H, W) float32 in [0, 1], on the model's device. targets: (N,) int64; default: the predicted classes.
    A map has the size of the image, of the layer that it maps, or a value for each superpixel or patch. Raises
    UsageError for an unsuitable layer or network.
    """
    if request.method in FORMULAS:
        gradients = layer_gradients(model, _layer(request), images, targets if request.score is None else request.score)
        return Maps(
            FORMULAS[request.method](gradients.activation, gradients.gradient), gradients.logits, gradients.targets
        )
    with torch.no_grad(), evaluation_mode(model):
        logits = model(images)
    classes: Tensor = logits.argmax(1) if targets is None or request.score else targets
    target: Target = classes if request.score is None else request.score
    return Maps(_of_targets(model, images, target, request), logits, classes)


def _of_targets(model: nn.Module, images: Tensor, targets: Target, request: MapRequest) -> Tensor:
    """The maps of methods other than the Grad-CAM family. Gradients are reduced to one number a pixel by their absolute
    sum over channels: a plain sum would cancel where a color is read as more of one channel and less of another."""
    match request.method:
        case "cam":
            return cam(model, _layer(request), images, targets)
        case "score-cam":
            return score_cam(model, _layer(request), images, targets)
        case "input-gradient":
            return input_gradient(model, images, targets).abs().sum(1)
        case "smooth-grad":
            noise = torch.Generator(images.device).manual_seed(request.seed)
            return smooth_grad(model, images, targets, noise).abs().sum(1)
        case "integrated-gradients":
            return integrated_gradients(model, images, targets, request.baseline).sum(1)
        case "occlusion":
            return occlusion(model, images, targets, request.color)
        case "kernel-shap":
            draws = torch.Generator().manual_seed(request.seed)
            return kernel_shap(model, images, targets, request.baseline, draws, side=request.superpixels)
        case "attention-rollout":
            return attention_rollout(model, images, targets)
        case "legrad":
            return legrad(model, images, targets)
    raise ValueError(f"There is no method {request.method!r}.")


def _layer(request: MapRequest) -> str:
    if request.layer is None:
        raise ValueError(f"The method {request.method} needs a layer.")
    return request.layer
