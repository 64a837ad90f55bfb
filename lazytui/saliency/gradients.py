"""Gradients of the class score with respect to the image: plain, averaged over noise, and integrated from a baseline.

Everywhere: images are (N, channels, H, W) float32 in [0, 1], targets (N,) int64, or a score in place of the class's;
results are signed, of the images' shape.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.saliency.score_variations import variation_batches
from lazytui.saliency.target_scores import Target, target_scores


def input_gradient(model: nn.Module, images: Tensor, targets: Target) -> Tensor:
    """dy_c/dx (Simonyan et al. 2013)."""
    with torch.enable_grad(), evaluation_mode(model):
        leaf = images.detach().clone().requires_grad_()
        score = target_scores(model(leaf), targets).sum()
        (gradient,) = torch.autograd.grad(score, leaf)
    return gradient


def smooth_grad(
    model: nn.Module,
    images: Tensor,
    targets: Target,
    generator: torch.Generator,
    *,
    draws: int = 25,
    deviation: float = 0.15,
) -> Tensor:
    """The mean gradient over x + N(0, deviation^2) (Smilkov et al. 2017). generator: on the images' device."""
    total = torch.zeros_like(images)
    for part in variation_batches(draws, len(images)):
        shape = (len(part), *images.shape)
        noise = torch.randn(shape, generator=generator, device=images.device, dtype=images.dtype)
        total += _summed_gradient(model, images + deviation * noise, targets)
    return total / draws


def integrated_gradients(
    model: nn.Module, images: Tensor, targets: Target, baseline: Tensor, *, steps: int = 50
) -> Tensor:
    """(x - x') mean_m dF(x' + m (x - x')), m at the middles of `steps` equal stretches (Sundararajan et al. 2017).

    baseline: x', broadcastable to the images. Summed over an image this is F(x) - F(x'), up to the error of the sum.
    """
    total = torch.zeros_like(images)
    for part in variation_batches(steps, len(images)):
        ways = (torch.tensor(part, device=images.device, dtype=images.dtype) + 0.5) / steps
        path = baseline + ways.view(-1, 1, 1, 1, 1) * (images - baseline)
        total += _summed_gradient(model, path, targets)
    return (images - baseline) * total / steps


def _summed_gradient(model: nn.Module, variations: Tensor, targets: Target) -> Tensor:
    """The gradients at (v, N, 3, H, W), summed over v."""
    rows = input_gradient(model, variations.flatten(0, 1), targets)
    return rows.view(variations.shape).sum(0)
