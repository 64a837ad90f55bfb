"""Faithfulness of maps: deletion and insertion curves (Petsiuk et al. 2018), and those of pixels in random order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.models.scores import Score
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.split_maps import BATCH
from lazytui.saliency.target_scores import target_scores

STEPS = 28
"""A step changes so much of the pixels: of 784, 28."""


@dataclass(frozen=True)
class Faithfulness:
    """Mean probability of the target class, or mean score where one is explained, when a share k / STEPS of the pixels
    is changed: (STEPS + 1,) float64 each.

    deletion: pixels take the data's mean color, the strongest first. insertion: pixels are added to an image of that
    color, the strongest first. random_*: pixels in random order.
    """

    deletion: NDArray[np.float64]
    insertion: NDArray[np.float64]
    random_deletion: NDArray[np.float64]
    random_insertion: NDArray[np.float64]


def area(curve: NDArray[np.float64]) -> float:
    """The area under a curve over the share of pixels, 0 to 1 (trapezoids)."""
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def measure_faithfulness(
    model: nn.Module,
    images: NDArray[np.uint8],
    maps: NDArray[np.float32],
    targets: NDArray[np.uint8],
    color: Tensor,
    random: np.random.Generator,
    *,
    note: Callable[[str], None],
    score: Score | None = None,
) -> Faithfulness:
    """The curves of images, (n, height, width, 3) uint8, for their maps, (n, h, w) float32.

    targets: (n,) uint8, classes. color: (3,) float32 in [0, 1], of pixels that are taken away. note: called with a text
    when memory runs short. score: what is measured in place of the target's probability.
    """
    measure = _Measure(model, images, targets, color, score, note)
    pixels = upsample(maps, *images.shape[1:3]).reshape(len(maps), -1)
    by_map = (-pixels).argsort(1, kind="stable").argsort(1)
    by_chance = random.random(pixels.shape).argsort(1).argsort(1)
    curves = {}
    for name, ranks in (("", by_map), ("random_", by_chance)):
        curves[f"{name}deletion"] = _curve(measure, ranks, insert=False)
        curves[f"{name}insertion"] = _curve(measure, ranks, insert=True)
    return Faithfulness(**curves)


@dataclass(frozen=True)
class _Measure:
    """What all curves share."""

    model: nn.Module
    images: NDArray[np.uint8]
    targets: NDArray[np.uint8]
    color: Tensor
    score: Score | None
    note: Callable[[str], None]

    def of(self, shown: Tensor, classes: Tensor) -> Tensor:
        """(), summed over images (n, 3, h, w). classes: (n,) int64."""
        logits: Tensor = self.model(shown)
        return (target_scores(logits.softmax(1), classes) if self.score is None else self.score(logits)).sum()


def _curve(measure: _Measure, ranks: NDArray[np.intp], *, insert: bool) -> NDArray[np.float64]:
    """ranks: (n, pixels) int64, the rank of each pixel in its image."""
    images, device = measure.images, device_of(measure.model)
    fill = measure.color.view(1, 3, 1, 1)

    def work(part: slice) -> Tensor:
        batch = to_float(torch.from_numpy(images[part]).to(device))
        rank = torch.from_numpy(ranks[part]).to(device).view(len(batch), 1, *batch.shape[2:])
        classes = torch.from_numpy(measure.targets[part]).to(device, torch.int64)
        points = []
        for step in range(STEPS + 1):
            changed = rank < step * rank[0].numel() // STEPS
            shown_pixels = torch.where(changed == insert, batch, fill)
            points.append(measure.of(shown_pixels, classes))
        return torch.stack(points).cpu().double()

    with torch.no_grad(), evaluation_mode(measure.model):
        total = torch.stack(run_in_batches(work, len(images), BATCH, measure.note)).sum(0).numpy()
    return np.asarray(total / len(images), dtype=np.float64)
