"""Concept activation vectors, and how a class depends on a concept (Kim et al. 2018, sections 3.2 to 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ConceptVector:
    """direction: (d,) float64 of length 1, orthogonal to the boundary of a linear classifier of activations, towards
    those with the concept. The boundary is where an activation's product with it is `threshold`."""

    direction: Tensor
    threshold: float

    def balanced_accuracy(self, present: Tensor, absent: Tensor) -> float:
        """Mean of the shares of correctly classified activations (n, d) with and without the concept; chance is 0.5."""
        present_share = (present.double() @ self.direction > self.threshold).double().mean()
        absent_share = (absent.double() @ self.direction <= self.threshold).double().mean()
        return float((present_share + absent_share) / 2)


def fit_concept_vector(present: Tensor, random: Tensor, penalty: float = 1.0) -> ConceptVector:
    """By ridge regression of 1 and -1 on standardized activations, |Xw + b - y|^2 + penalty d |w|^2, which has a
    closed form, also where there are more dimensions than images; with less of it, the direction is mostly noise there.

    present, random: activations of images with the concept, and of as many random ones, (n, d).
    """
    values = torch.cat([present, random]).double()
    targets = torch.cat([torch.ones(len(present)), -torch.ones(len(random))]).to(values)
    center, deviation = values.mean(0), values.std(0, correction=0)
    scale = torch.where(deviation > 0, deviation, 1.0)
    x = (values - center) / scale
    gram = x @ x.T + penalty * x.shape[1] * torch.eye(len(x), dtype=x.dtype, device=x.device)
    weights = x.T @ torch.linalg.solve(gram, targets - targets.mean()) / scale
    length = float(weights.norm().clamp(min=1e-300))
    return ConceptVector(weights / length, float(center @ weights - targets.mean()) / length)


def tcav_score(gradients: Tensor, direction: Tensor) -> float:
    """Share of the images for which the class score rises along the direction.

    gradients: (n, d), of the class score with respect to the activation. direction: (d,).
    """
    return float((gradients.double() @ direction.double() > 0).double().mean())
