"""Linear probes: how well a linear classifier predicts a label from a layer's activations.

Multinomial logistic regression as scikit-learn defines it: C * sum of cross-entropies + |W|^2 / 2, the bias free
(Alain and Bengio 2016, "Understanding intermediate layers using linear classifier probes").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.system.eager_optimizers import LBFGS

_MOST_STEPS = 500
_FLAT = 1e-6
"""The gradient below which the minimum counts as found."""


@dataclass(frozen=True)
class LinearProbe:
    """weights: (classes, d) float64, bias: (classes,), on features that are standardized by center and scale, (d,)."""

    weights: Tensor
    bias: Tensor
    center: Tensor
    scale: Tensor

    def predict(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,) int64, the most probable class of each."""
        return (self._standardized(features) @ self.weights.T + self.bias).argmax(1)

    def _standardized(self, features: Tensor) -> Tensor:
        return (features.double() - self.center) / self.scale


def fit_linear_probe(features: Tensor, labels: Tensor, classes: int, strength: float = 1.0) -> LinearProbe:
    """features: (n, d). labels: (n,) int64 below classes. strength: C, more for less regularization.

    Deterministic: it starts at zero, and the problem is convex.
    """
    values = features.double()
    center, deviation = values.mean(0), values.std(0, correction=0)
    scale = torch.where(deviation > 0, deviation, 1.0)
    standardized = (values - center) / scale
    weights = torch.zeros(classes, values.shape[1], dtype=torch.float64, device=values.device, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, device=values.device, requires_grad=True)
    optimizer = LBFGS(
        [weights, bias],
        max_iter=_MOST_STEPS,
        tolerance_grad=_FLAT,
        tolerance_change=0,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        fit = torch.nn.functional.cross_entropy(standardized @ weights.T + bias, labels)
        objective = fit + weights.square().sum() / (2 * strength * len(labels))
        objective.backward()  # type: ignore[no-untyped-call]
        return objective

    with torch.enable_grad():
        optimizer.step(loss)
    return LinearProbe(weights.detach(), bias.detach(), center, scale)


def halves(images: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which images a probe is fitted to, and which it is tested on: two halves of all, drawn at random."""
    order = torch.randperm(images, generator=torch.Generator().manual_seed(seed)).numpy()
    return np.sort(order[: images // 2]), np.sort(order[images // 2 :])


def probe_accuracy(
    features: Tensor,
    labels: NDArray[np.uint8],
    fitted: NDArray[np.int64],
    tested: NDArray[np.int64],
    strength: float = 1.0,
) -> float:
    """Share of the tested images whose label a probe, fitted to the others, predicts. features: (n, d)."""
    targets = torch.from_numpy(labels.astype(np.int64)).to(features.device)
    probe = fit_linear_probe(features[fitted], targets[fitted], int(targets.max()) + 1, strength)
    return float((probe.predict(features[tested]) == targets[tested]).double().mean())
