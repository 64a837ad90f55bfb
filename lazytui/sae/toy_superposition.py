"""Data whose features are known: more sparse directions than dimensions, added up. Does an autoencoder find them?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lazytui.sae.seed_stability import matched_cosine


@dataclass(frozen=True)
class ToySuperposition:
    """directions: (n, d), of unit length. samples: (M, d), each the sum of a few of them, times 0.5 to 1.5."""

    directions: Tensor
    samples: Tensor


def toy_superposition(
    features: int, dimensions: int, active: float, count: int, random: torch.Generator
) -> ToySuperposition:
    """Random directions, each at work in a sample by itself with probability active / features."""
    directions = random_dictionary(features, dimensions, random)
    active_features = torch.rand(count, features, generator=random) < active / features
    strength = 0.5 + torch.rand(count, features, generator=random)
    samples: Tensor = (active_features * strength) @ directions
    return ToySuperposition(directions, samples)


def random_dictionary(features: int, dimensions: int, random: torch.Generator) -> Tensor:
    """(n, d): directions of unit length that know nothing of the data."""
    directions: Tensor = torch.randn(features, dimensions, generator=random)
    unit: Tensor = directions / directions.norm(dim=1, keepdim=True)
    return unit


def mean_correlation(directions: Tensor, recovered: Tensor) -> float:
    """MCC: mean |cosine| between true directions (n, d) and found ones (m, d), matched one to one as well as they can
    be (the Hungarian method)."""
    return matched_cosine(directions.detach().cpu().numpy(), recovered.detach().cpu().numpy())
