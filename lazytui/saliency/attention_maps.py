"""Maps from attention: rollout, and LeGrad. Only of networks whose layers attend among all tokens of an image.

Everywhere: A_l (N, heads, T, T) are the attention weights of layer l of L; images are (N, 3, H, W) float32; maps are
(N, h, w) float32 of the patches, 0 or more, unscaled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import capture_activations, replace_activations
from lazytui.hooks.layer_layout import maps_of_tokens
from lazytui.saliency.attention_weights import ATTENTION, AttentionBlocks, attention_blocks, record_attention
from lazytui.saliency.target_scores import Target, target_scores

_MOST_VALUES = 2**25
"""Attention weights that are held at once."""


def attention_rollout(model: nn.Module, images: Tensor, targets: Target) -> Tensor:
    """How much of each patch is in the tokens that the logits are read from: mean rows of A~_L ... A~_1 with
    A~_l = (mean over heads of A_l + I) / 2 (Abnar & Zuidema 2020, section 3.1), the same for every class.

    Where a class token is read these are its row, as in the paper; where tokens are averaged, the mean of all rows that
    count. targets: (N,) int64 or a score, whose gradient only decides which rows are read.
    Raises UsageError for a network without such attention.
    """
    blocks = _blocks(model, images)

    def rollout(shown: Tensor, target: Target) -> Tensor:
        last = blocks.blocks[-1]
        with capture_activations(model, last) as captured, record_attention(model) as attention:
            scores = target_scores(model(shown.detach().requires_grad_()), target).sum()
        (gradient,) = torch.autograd.grad(scores, captured[last])
        weights = [each.weights.detach().mean(1) for each in attention]
        identity = torch.eye(weights[0].shape[-1]).to(weights[0])
        product = identity.expand(len(shown), -1, -1)
        for each in weights:
            product = (each + identity) / 2 @ product
        rows = gradient.ne(0).any(1).to(product)
        rows = torch.where(rows.any(1, keepdim=True), rows, 1)  # all of them, where a head of zeros reads none
        return torch.einsum("nt,ntp->np", rows / rows.sum(1, keepdim=True), product)

    return _maps(rollout, model, images, targets, blocks)


def legrad(model: nn.Module, images: Tensor, targets: Target) -> Tensor:
    """Mean over layers l, heads and rows of ReLU(ds_l / dA_l) (Bousselham et al. 2024, eq. 7 to 10).

    s_l is the class score, or another score, that the network's own last norm, pooling and head make of the tokens that
    block l puts out; s_L is that of the logits. The paper's scaling of each map to [0, 1] is left to whoever draws it.
    Raises UsageError for a network without such attention.
    """
    blocks = _blocks(model, images)

    def sensitivity(shown: Tensor, target: Target) -> Tensor:
        names, total = blocks.blocks, shown.new_zeros(())
        with capture_activations(model, *names) as captured, record_attention(model) as attention:
            last: Tensor = model(shown)
        for name, each in zip(names, attention, strict=True):
            logits = last if name == names[-1] else _read_from(model, names[-1], captured[name], shown)
            score = target_scores(logits, target).sum()
            (gradient,) = torch.autograd.grad(score, each.weights, retain_graph=True)
            total = total + gradient.relu().mean((1, 2))
        return total / len(names)

    return _maps(sensitivity, model, images, targets, blocks)


def _read_from(model: nn.Module, last: str, tokens: Tensor, images: Tensor) -> Tensor:
    """(N, classes): what the network makes of tokens (N, channels, T) in place of its last block's."""
    with replace_activations(model, last, lambda _tokens: tokens):
        logits: Tensor = model(images)
    return logits


def _blocks(model: nn.Module, images: Tensor) -> AttentionBlocks:
    blocks = attention_blocks(model, tuple(images.shape[1:]))
    if blocks is None:
        raise UsageError(f"Attention rollout and LeGrad need {ATTENTION}.")
    return blocks


def _maps(
    of_tokens: Callable[[Tensor, Target], Tensor],
    model: nn.Module,
    images: Tensor,
    targets: Target,
    blocks: AttentionBlocks,
) -> Tensor:
    """(N, h, w): values of tokens (N, T) of a few images at a time, those of the patches in their grid."""
    few = max(1, _MOST_VALUES // blocks.values)
    parts = torch.split(images, few)
    of_parts: Sequence[Target] = torch.split(targets, few) if isinstance(targets, Tensor) else [targets] * len(parts)
    with torch.enable_grad(), evaluation_mode(model):
        values = [of_tokens(*part) for part in zip(parts, of_parts, strict=True)]
    return maps_of_tokens(torch.cat(values)[:, None], blocks.grid)[:, 0]
