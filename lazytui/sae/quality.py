"""How good an autoencoder is: what it leaves unexplained, how sparse it is, and what the network says from x_hat.

A low error alone isn't quality: a dictionary can reconstruct well and have found none of the true directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.split_model import SplitModel
from lazytui.sae.activation_samples import BATCH, SampleLayout, in_parts
from lazytui.sae.autoencoder import Autoencoder
from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class Fit:
    """unexplained: sum of squared errors over the sum of squared distances from the mean of each dimension, float64.

    l0: active features a sample, mean. density: (n,) float64, the share of samples that a feature is active on.
    """

    unexplained: float
    l0: float
    density: NDArray[np.float64]

    @property
    def dead_share(self) -> float:
        """The share of features that are active on no sample at all."""
        return float((self.density == 0).mean())


@torch.inference_mode()
def measure_fit(model: Autoencoder, samples: Tensor) -> Fit:
    """How well the samples (M, d) are explained."""
    center = samples.mean(0, dtype=torch.float64)
    error = variance = 0.0
    active = torch.zeros(model.features, dtype=torch.int64, device=samples.device)
    for part in in_parts(samples):
        f = model.encode(part)
        error += float((part.double() - model.decode(f).double()).square().sum())
        variance += float((part.double() - center).square().sum())
        active += (f > 0).sum(0)
    density = active.cpu().numpy().astype(np.float64) / len(samples)
    return Fit(error / variance if variance > 0 else float("nan"), float(density.sum()), density)


@dataclass(frozen=True)
class Performance:
    """Accuracy in [0, 1] and mean cross-entropy of a network on a split."""

    accuracy: float
    cross_entropy: float


@dataclass(frozen=True)
class Recovery:
    """What the network says from the layer as it is, from x_hat instead, and from the mean activation instead."""

    intact: Performance
    reconstructed: Performance
    mean: Performance

    @property
    def accuracy(self) -> float | None:
        """The share of the accuracy lost to the mean that x_hat keeps; None where nothing was lost."""
        return _recovered_share(self.intact.accuracy, self.reconstructed.accuracy, self.mean.accuracy)

    @property
    def cross_entropy(self) -> float | None:
        """The same of the cross-entropy."""
        return _recovered_share(-self.intact.cross_entropy, -self.reconstructed.cross_entropy, -self.mean.cross_entropy)


def measure_recovery(
    model: Autoencoder, split_model: SplitModel, layout: SampleLayout, split: Split, center: Tensor, hardware: Hardware
) -> Recovery:
    """center: (d,), the mean of the samples, which stands for knowing nothing of an image."""
    sums = np.zeros((3, 2))
    with torch.inference_mode(), evaluation_mode(split_model.model):
        for images, digits in _batches(split, hardware):
            activations = split_model.activations(images)
            samples = layout.samples(activations)
            replacements = (
                activations,
                layout.activations(model(samples)),
                layout.activations(center.expand_as(samples)),
            )
            for row, replacement in enumerate(replacements):
                logits = split_model.logits(split_model.pool(replacement), images)
                sums[row] += (
                    float((logits.argmax(1) == digits).sum()),
                    float(cross_entropy(logits, digits, reduction="sum")),
                )
    return Recovery(*(Performance(*map(float, row / len(split))) for row in sums))


def decoder_cosines(model: Autoencoder) -> NDArray[np.float32]:
    """(n, n): of the angle between every two rows of the decoder."""
    cosine: NDArray[np.float32] = (model.directions @ model.directions.T).clamp(-1, 1).detach().cpu().numpy()
    return cosine


def _batches(split: Split, hardware: Hardware) -> Iterator[tuple[Tensor, Tensor]]:
    for start in range(0, len(split), BATCH):
        part = slice(start, start + BATCH)
        images = to_float(torch.from_numpy(split.images[part]).to(hardware.device))
        yield images, torch.from_numpy(split.labels[part]).to(hardware.device, torch.int64)


def _recovered_share(intact: float, reconstructed: float, mean: float) -> float | None:
    return (reconstructed - mean) / (intact - mean) if intact > mean else None
