"""Score-CAM: channels weighted by the class score of the image masked by each (Wang et al. 2020)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import capture_activations, maps_of
from lazytui.saliency.score_variations import variation_batches
from lazytui.saliency.target_scores import Target, target_scores


def score_cam(model: nn.Module, layer: str, images: Tensor, targets: Target) -> Tensor:
    """(N, h, w) float32: sum_k w_k A_k with w = softmax_k y(x * norm(up(A_k))) (eq. 3-5); one pass a channel.

    norm stretches a channel's map to [0, 1]; a constant map becomes 0. The paper subtracts the score of a baseline
    image, which is the same for every channel and so cancels in the softmax.
    """
    with torch.no_grad(), evaluation_mode(model):
        with capture_activations(model, layer) as activations:
            model(images)
        activation = maps_of(model, layer, activations[layer], images)
        veils = _stretch(F.interpolate(activation, images.shape[2:], mode="bilinear", align_corners=False))
        scores = images.new_empty(activation.shape[1], len(images))
        for part in variation_batches(len(scores), len(images)):
            veiled = images * veils[:, part.start : part.stop].transpose(0, 1)[:, :, None]
            rows = target_scores(model(veiled.flatten(0, 1)), targets)
            scores[part.start : part.stop] = rows.view(len(part), len(images))
        return torch.einsum("kn,nkhw->nhw", scores.softmax(0), activation)


def _stretch(maps: Tensor) -> Tensor:
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return torch.where(high > low, (maps - low) / (high - low).clamp_min(torch.finfo(maps.dtype).tiny), 0.0)
