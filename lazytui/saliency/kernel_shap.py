"""KernelSHAP on superpixels: the Shapley value of each square of an image (Lundberg & Lee 2017, theorem 2)."""

from __future__ import annotations

from math import comb

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import evaluation_mode
from lazytui.saliency.score_variations import variation_batches
from lazytui.saliency.target_scores import Target, target_scores

DRAWS = 512
"""Coalitions that are asked about; where there are no more, they are all asked about, and the values are exact."""


def kernel_shap(
    model: nn.Module,
    images: Tensor,
    targets: Target,
    baseline: Tensor,
    generator: torch.Generator,
    *,
    side: int = 7,
    draws: int = DRAWS,
) -> Tensor:
    """(N, side, side): the Shapley value of each superpixel.

    Summed over an image this is F(x) - F(x'), F being the class score. images: (N, 3, H, W) float32. baseline: x', what
    absent superpixels show, broadcastable to the images. generator: of coalitions, on the CPU; all images share them.
    side: superpixels of a row and of a column, fewer where there are fewer pixels.
    """
    height, width = images.shape[2:]
    squares = superpixels(height, width, side).to(images.device)
    coalitions, weights = _coalitions(int(squares.max()) + 1, draws, generator)
    values = _values(model, images, targets, baseline, coalitions.to(images.device)[:, squares])
    shapley = shapley_values(coalitions, weights, *(part.cpu() for part in values))
    return shapley.to(images).reshape(len(images), min(side, height), min(side, width))


def superpixels(height: int, width: int, side: int) -> Tensor:
    """(H, W) int64: which square of a grid of side x side each pixel belongs to, row by row."""
    rows, columns = min(side, height), min(side, width)
    row, column = torch.arange(height) * rows // height, torch.arange(width) * columns // width
    return row[:, None] * columns + column


def shapley_values(coalitions: Tensor, weights: Tensor, values: Tensor, empty: Tensor, whole: Tensor) -> Tensor:
    """(N, M) float64: the weighted least squares fit of values by sums over members, such that all sum to the whole.

    coalitions: (K, M) bool, weights: (K,), values: (N, K), empty, whole: (N,), of no and of all players.
    """
    z, w = coalitions.double(), weights.double()
    gram = z.T @ (w[:, None] * z)
    moments = z.T @ (w[:, None] * (values.double() - empty.double()[:, None]).T)
    solved = torch.linalg.solve(gram, torch.cat([moments, torch.ones(len(gram), 1, dtype=torch.float64)], 1))
    free, ones = solved[:, :-1], solved[:, -1:]
    excess = (free.sum(0) - (whole.double() - empty.double())) / ones.sum()
    shapley_values: Tensor = (free - ones * excess).T
    return shapley_values


def _coalitions(players: int, draws: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(K, M) bool and their weights (K,), but for none and all: each with the Shapley kernel, or else drawn by it, each
    with its complement."""
    if 2**players - 2 <= draws:
        numbers = torch.arange(1, 2**players - 1)
        every = (numbers[:, None] >> torch.arange(players)) % 2 == 1
        kernel = torch.tensor([(players - 1) / (comb(players, s) * s * (players - s)) for s in range(1, players)])
        return every, kernel[every.sum(1) - 1]
    sizes = torch.arange(1, players)
    size = 1 + torch.multinomial(1 / (sizes * (players - sizes)), draws // 2, replacement=True, generator=generator)
    rank = torch.rand(len(size), players, generator=generator).argsort(1).argsort(1)
    coalitions = rank < size[:, None]
    return torch.cat([coalitions, ~coalitions]), torch.ones(2 * len(coalitions))


def _values(
    model: nn.Module, images: Tensor, targets: Target, baseline: Tensor, present: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The class score of each coalition (N, K), of the baseline and of the image, (N,). present: (K, H, W) bool."""
    with torch.no_grad(), evaluation_mode(model):
        absent = baseline.expand_as(images)
        rows = []
        for part in variation_batches(len(present), len(images)):
            shown = torch.where(present[part.start : part.stop, None, None], images, absent)
            scores = target_scores(model(shown.flatten(0, 1)), targets)
            rows.append(scores.view(len(part), len(images)))
        empty, whole = (target_scores(model(batch), targets) for batch in (absent, images))
        return torch.cat(rows).T, empty, whole
