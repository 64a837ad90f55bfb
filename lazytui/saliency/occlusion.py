"""Occlusion: the drop of the class score when a patch of the image is covered (Zeiler & Fergus 2014)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.saliency.score_variations import variation_batches
from lazytui.saliency.target_scores import Target, target_scores


def occlusion(
    model: nn.Module, images: Tensor, targets: Target, color: Tensor, *, patch: int = 4, stride: int = 2
) -> Tensor:
    """(N, H, W): for each pixel, the mean drop of the class score over the patches on it (Zeiler & Fergus 2014).

    images: (N, 3, H, W) float32. color: (3,), which a patch takes. patch, stride: pixels.
    """
    height, width = images.shape[2:]
    covers = _patches(height, width, patch, stride, images.device)
    drops = images.new_zeros(len(images), height, width)
    fill = color.view(1, 1, 3, 1, 1)
    with torch.no_grad(), evaluation_mode(model):
        score = target_scores(model(images), targets)
        for part in variation_batches(len(covers), len(images)):
            cover = covers[part.start : part.stop]
            covered = torch.where(cover[:, None, None], fill, images)
            rows = target_scores(model(covered.flatten(0, 1)), targets)
            drop = score - rows.view(len(part), len(images))
            drops += torch.einsum("vn,vhw->nhw", drop, cover.to(drop.dtype))
    return drops / covers.sum(0)


def _patches(height: int, width: int, patch: int, stride: int, device: torch.device) -> Tensor:
    """(patches, H, W) bool: every position of the patch; the last of a row or column ends at the edge."""
    covers = []
    for top in _starts(height, patch, stride):
        for left in _starts(width, patch, stride):
            cover = torch.zeros(height, width, dtype=torch.bool)
            cover[top : top + patch, left : left + patch] = True
            covers.append(cover)
    return torch.stack(covers).to(device)


def _starts(size: int, patch: int, stride: int) -> list[int]:
    last = max(0, size - patch)
    return sorted({*range(0, last, stride), last})
